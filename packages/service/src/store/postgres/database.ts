import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { QueueBounds } from '../coalesce.ts'
import { NO_EVENTS, type RetryReason, type StoreEvents } from '../store-events.ts'
import type { Connections } from './connections.ts'
import { asCartError, cannotHaveRun, leavesSessionUsable, wasCutOff, wasUndone } from './errors.ts'

/** A named statement, which PostgreSQL parses and plans once per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'change'
  /** Returns rows as arrays of values instead of objects, which is cheaper for many rows. */
  readonly rowMode?: 'array'
}

export interface Database {
  /** Of calls that are coalesced. */
  readonly queue: QueueBounds
  /** Runs one statement in a separate transaction. Rejects with a `CartError`. */
  run<Row>(statement: Statement, values: unknown[]): Promise<Row[]>
  /**
   * Runs the statements of `work` in one transaction, which is rolled back if `work` rejects. `work` may be called again, so it
   * must do nothing else.
   */
  transaction<T>(work: (run: RunStatement) => Promise<T>): Promise<T>
}

/** Runs one statement. */
export type RunStatement = <Row>(statement: Statement, values: unknown[]) => Promise<Row[]>

export interface DatabaseOptions {
  readonly queue: QueueBounds
  /** False where a session has one transaction only: then its prepared statements are of no use. */
  readonly named: boolean
  readonly events?: StoreEvents | undefined
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 10

/** Runs statements over a pool, with bounded retries where they are safe. */
export function openDatabase(
  connections: Connections,
  { queue, named, events = NO_EVENTS }: DatabaseOptions,
): Database {
  function queryOf({ kind: _kind, name, ...statement }: Statement, values: unknown[]) {
    return named ? { ...statement, name, values } : { ...statement, values }
  }

  async function repeat<T>(
    kind: Statement['kind'],
    call: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await releasing(await connections.take(), call)
      } catch (error) {
        const reason = reasonToRepeat(error, kind)
        if (reason === 'conflict') events.conflicted()
        if (tried === ATTEMPTS || reason === undefined) throw asCartError(error)
        events.retried(reason)
      }
      // Jitter keeps conflicting calls from conflicting again.
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** tried)
    }
  }

  return {
    queue,
    run<Row>(statement: Statement, values: unknown[]) {
      const query = queryOf(statement, values)
      return repeat(statement.kind, async (client) => (await client.query(query)).rows as Row[])
    },
    transaction(work) {
      return repeat('change', async (client) => {
        await client.query('begin')
        try {
          const result = await work(
            async (statement, values) => (await client.query(queryOf(statement, values))).rows,
          )
          await client.query('commit')
          return result
        } catch (error) {
          // If the connection is broken, so is the transaction.
          await client.query('rollback').catch(() => {})
          throw error
        }
      })
    },
  }
}

async function releasing<T>(
  client: pg.PoolClient,
  call: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  try {
    const result = await call(client)
    client.release()
    return result
  } catch (error) {
    client.release(!leavesSessionUsable(error))
    throw error
  }
}

/** Why a statement may be sent again; `undefined` where it must not be. */
function reasonToRepeat(error: unknown, kind: Statement['kind']): RetryReason | undefined {
  if (wasUndone(error)) return 'conflict'
  if (cannotHaveRun(error)) return 'connection'
  // A change may have been made, and its key, if it has one, may have been pushed out by later changes.
  return kind === 'read' && wasCutOff(error) ? 'connection' : undefined
}
