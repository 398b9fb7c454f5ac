import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { NO_EVENTS, type RetryReason, type StoreEvents } from '../store-events.ts'
import { asCartError, wasCutOff, wasUndone } from './errors.ts'

/** A named statement, which PostgreSQL parses and plans once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'change'
  /** Returns rows as arrays of values instead of objects, which is cheaper for many rows. */
  readonly rowMode?: 'array'
}

export interface Database {
  /** How long a call may be queued before it fails with STORE_BUSY, milliseconds. */
  readonly maxWaitMs: number
  /** Runs one statement in a separate transaction. Rejects with a `CartError`. */
  run<Row>(statement: Statement, values: unknown[]): Promise<Row[]>
  /** Closes all connections. */
  close(): Promise<void>
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 10

/** Runs statements over a pool, with bounded retries where they are safe. */
export function openDatabase(
  pool: pg.Pool,
  maxWaitMs: number,
  events: StoreEvents = NO_EVENTS,
): Database {
  events.poolOpened(() => ({
    active: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
    limit: pool.options.max,
  }))
  let closed: Promise<void> | undefined

  return {
    maxWaitMs,
    async run<Row>({ kind, ...statement }: Statement, values: unknown[]) {
      for (let tried = 1; ; tried++) {
        try {
          const { rows } = await pool.query({ ...statement, values })
          return rows as Row[]
        } catch (error) {
          const reason = reasonToRepeat(error, kind)
          if (reason === 'conflict') events.conflicted()
          if (tried === ATTEMPTS || reason === undefined) throw asCartError(error)
          events.retried(reason)
        }
        // Jitter keeps conflicting calls from conflicting again.
        await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** tried)
      }
    },
    close() {
      closed ??= pool.end()
      return closed
    },
  }
}

/** Why a statement may be sent again; `undefined` where it must not be. */
function reasonToRepeat(error: unknown, kind: Statement['kind']): RetryReason | undefined {
  if (wasUndone(error)) return 'conflict'
  // A change may have been made, and its key, if it has one, may have been pushed out by later changes.
  return kind === 'read' && wasCutOff(error) ? 'connection' : undefined
}
