import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { CartError } from '../../cart/errors.ts'
import { NO_EVENTS, type RetryReason, type StoreEvents } from '../store-events.ts'
import { asCartError, wasCutOff, wasUndone } from './errors.ts'

/** A named statement: PostgreSQL parses and plans it once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'change'
}

export interface Database {
  /** Runs one statement in a transaction of its own. Rejects with a `CartError`. */
  run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  /** Waits for statements in flight, then closes all connections. */
  close(): Promise<void>
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 10

/** Statements over a pool: errors by name, bounded retries where safe, orderly end. */
export function openDatabase(pool: pg.Pool, events: StoreEvents = NO_EVENTS): Database {
  events.poolOpened(() => ({
    active: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  }))
  const inFlight = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  async function attempt<Row extends pg.QueryResultRow>(
    { name, text, kind }: Statement,
    values: unknown[],
  ): Promise<Row[]> {
    for (let tried = 1; ; tried++) {
      try {
        return (await pool.query<Row>({ name, text, values })).rows
      } catch (error) {
        const reason = reasonToRepeat(error, kind)
        if (reason === 'conflict') events.conflicted()
        if (tried === ATTEMPTS || reason === undefined) throw asCartError(error)
        events.retried(reason)
      }
      // Jitter keeps those who met here from meeting again.
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** tried)
    }
  }

  return {
    async run(statement, values) {
      if (closed !== undefined) throw new CartError('STORE_UNAVAILABLE', 'The store is closed.')
      const running = attempt<never>(statement, values)
      inFlight.add(running)
      try {
        return await running
      } finally {
        inFlight.delete(running)
      }
    },
    close() {
      closed ??= Promise.allSettled(inFlight).then(() => pool.end())
      return closed
    },
  }
}

/** Why a statement may be sent again; `undefined` where it must not be. */
function reasonToRepeat(error: unknown, kind: Statement['kind']): RetryReason | undefined {
  if (wasUndone(error)) return 'conflict'
  // A change whose answer was lost may have happened, so only reads are repeated then.
  return kind === 'read' && wasCutOff(error) ? 'connection' : undefined
}
