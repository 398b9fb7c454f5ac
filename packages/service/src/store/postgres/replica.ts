import type { Cart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { openRetryPause } from '../../common/retry-pause.ts'
import { NO_EVENTS, type StoreEvents } from '../store-events.ts'
import { openPool } from './connection.ts'
import { openConnections } from './connections.ts'
import { openDatabase } from './database.ts'
import { coalesceCarts } from './gets.ts'
import type { Layout } from './layout.ts'
import { type ConnectionOptions, statementTimeoutOf } from './options.ts'

/** Maximum time for a read of a replica, before the writer serves it, milliseconds. */
const MAX_WAIT_MS = 1000
/** How long no read is sent to a replica that has failed, milliseconds. */
const PAUSE_MS = 1000

interface Get {
  readonly cartId: string
  readonly now: number
}

/** Eventual reads of carts. */
export interface Replica {
  getCart(get: Get): Promise<Cart>
  close(): Promise<void>
}

export interface ReplicaOptions {
  readonly layout: Layout
  readonly events?: StoreEvents | undefined
  /** Reads the cart from the writer. */
  readonly fromWriter: (get: Get) => Promise<Cart>
}

/**
 * Reads carts from the replicas of `DATABASE_READ_URL`. The writer serves what they cannot: carts that they do not have, since they
 * may not have them yet, and all reads while they fail. After a failure, one read a second tries them again. They are not connected to
 * before the first read, so that a replica that is down does not stop the start.
 *
 * @throws ConfigError
 */
export function openReplica(
  connection: ConnectionOptions,
  { layout, events = NO_EVENTS, fromWriter }: ReplicaOptions,
): Replica {
  const maxWaitMs = Math.min(statementTimeoutOf(connection), MAX_WAIT_MS)
  const opened = openPool({ ...connection, readOnly: true, statementTimeoutMs: maxWaitMs })
  const connections = openConnections(opened, maxWaitMs)
  const named = opened.session.mode !== 'role'
  const get = coalesceCarts(openDatabase(connections, { queue: { maxWaitMs }, named }), layout)
  const pause = openRetryPause({ pauseMs: PAUSE_MS })

  return {
    async getCart(which) {
      if (!pause.mayTry()) return fromWriter(which)
      try {
        const cart = await get(which)
        pause.succeeded()
        events.replicaRead('ok')
        return cart
      } catch (error) {
        const isMissing = error instanceof CartError && error.code === 'CART_NOT_FOUND'
        events.replicaRead(isMissing ? 'missing' : 'failed')
        if (isMissing) pause.succeeded()
        else pause.failed()
        return fromWriter(which)
      }
    },
    close: () => connections.close(),
  }
}
