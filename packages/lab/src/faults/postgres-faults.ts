import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Faults } from './faults.ts'

/** Faults that are injected into PostgreSQL itself, bypassing the proxy. */
export const POSTGRES_FAULTS = [
  'backend_killed',
  'serialization_failure',
  'pool_exhausted',
] as const
type PostgresFault = (typeof POSTGRES_FAULTS)[number]

const TICK_MS = 20

/**
 * Injects the faults of a plan that require the server:
 * - `backend_killed`: pg_terminate_backend, as in a failover;
 * - `serialization_failure`: transactions become serializable, so concurrent ones on a cart fail with 40001 (the proxy
 *   notes them);
 * - `pool_exhausted`: a lock on the carts, on which every connection of the service ends up waiting.
 *
 * Disposing reverts everything.
 *
 * @param url of the server, as a superuser
 */
export async function playPostgresFaults(url: string, faults: Faults): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  // While carts move, their table is in another schema.
  await client.query('set search_path = public, public_moving')
  const stop = new AbortController()
  let current: PostgresFault | undefined
  let since = 0

  async function enter(fault: PostgresFault): Promise<void> {
    since = faults.now()
    if (fault === 'serialization_failure') await isolate('serializable')
    if (fault === 'pool_exhausted') {
      await client.query('begin; lock table carts in exclusive mode')
    }
  }

  async function leave(fault: PostgresFault): Promise<void> {
    if (fault === 'serialization_failure') await isolate('read committed')
    if (fault === 'pool_exhausted') {
      await client.query('commit')
      faults.note(fault, since)
    }
  }

  async function isolate(level: string): Promise<void> {
    await client.query(`alter system set default_transaction_isolation = '${level}'`)
    await client.query('select pg_reload_conf()')
  }

  /** Prefers an active backend: the pool replaces idle ones unnoticed. */
  async function kill(): Promise<void> {
    const from = faults.now()
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'pushcart' and datname = current_database()
         and pid <> pg_backend_pid()
       order by state = 'active' desc, random() limit 1`,
    )
    if ((rowCount ?? 0) > 0) faults.note('backend_killed', from)
  }

  /** Brings the server into the state of the plan. */
  async function follow(wanted: PostgresFault | undefined): Promise<void> {
    if (wanted === current) return
    if (current !== undefined) await leave(current)
    current = wanted
    if (wanted !== undefined) await enter(wanted)
  }

  async function play(): Promise<void> {
    while (!stop.signal.aborted) {
      await follow(POSTGRES_FAULTS.find((fault) => fault === faults.active()))
      if (current === 'backend_killed') await kill()
      await sleep(TICK_MS, undefined, { signal: stop.signal }).catch(() => {})
    }
    await follow(undefined)
  }

  const playing = play()
  playing.catch(() => {})
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await playing.finally(() => client.end())
    },
  }
}
