import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { NO_EVENTS, type RetryReason, type StoreEvents } from '../store-events.ts'
import { asCartError, wasCutOff, wasUndone } from './errors.ts'

/** A named statement: PostgreSQL parses and plans it once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'change'
  /** Rows as arrays of values rather than as objects: cheaper where there are many. */
  readonly rowMode?: 'array'
}

export interface Database {
  /**
   * Runs one statement in a transaction of its own. Rejects with a `CartError`.
   *
   * @param repeatable whether a change may be sent again when its answer was lost, because a second copy has no effect
   */
  run<Row>(statement: Statement, values: unknown[], repeatable?: boolean): Promise<Row[]>
  /** Closes all connections. */
  close(): Promise<void>
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 10

/** Statements over a pool: errors by name, bounded retries where safe. */
export function openDatabase(pool: pg.Pool, events: StoreEvents = NO_EVENTS): Database {
  events.poolOpened(() => ({
    active: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  }))
  let closed: Promise<void> | undefined

  return {
    async run<Row>(
      { kind, ...statement }: Statement,
      values: unknown[],
      repeatable = kind === 'read',
    ) {
      for (let tried = 1; ; tried++) {
        try {
          const { rows } = await pool.query({ ...statement, values })
          return rows as Row[]
        } catch (error) {
          const reason = reasonToRepeat(error, repeatable)
          if (reason === 'conflict') events.conflicted()
          if (tried === ATTEMPTS || reason === undefined) throw asCartError(error)
          events.retried(reason)
        }
        // Jitter keeps those who met here from meeting again.
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
function reasonToRepeat(error: unknown, repeatable: boolean): RetryReason | undefined {
  if (wasUndone(error)) return 'conflict'
  // What was asked for may have happened all the same.
  return repeatable && wasCutOff(error) ? 'connection' : undefined
}
