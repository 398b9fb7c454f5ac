import { cpuOfDescendants } from '../../packages/lab/src/services/process-tree.ts'
import { startPostgresEngine } from '../../packages/service/src/engines/postgres-engine.ts'
import { query } from '../../test/support/query.ts'
import { InvalidRun } from '../invalid-run.ts'

/** One PostgreSQL for the whole run, with the settings of the embedded engine. */
export interface Postgres {
  readonly url: string
  /** Its version, and the settings that decide whether an acknowledged commit survives a power failure. */
  readonly settings: Readonly<Record<string, string>>
  /** Creates an empty database. */
  createDatabase(name: string): Promise<string>
  /** CPU time of the server with all its processes so far, milliseconds. Linux only. */
  cpuMs(): Promise<number>
  stop(): Promise<void>
}

const TOLD = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
]

export async function openPostgres(dataDir: string): Promise<Postgres> {
  const engine = await startPostgresEngine({ dataDir })
  const url = engine.settings.DATABASE_URL ?? ''
  const settings: Record<string, string> = {}
  for (const name of TOLD) settings[name] = String((await query(url, `show ${name}`))[0]?.[name])
  return {
    url,
    settings,
    async createDatabase(name) {
      await query(url, `create database ${name}`)
      return new URL(`/${name}`, url).href
    },
    async cpuMs() {
      const seconds = await cpuOfDescendants(engine.pid, [engine.pid])
      if (seconds === null)
        throw new InvalidRun('CPU of the database is read from /proc: Linux only')
      return seconds * 1000
    },
    stop: engine.stop,
  }
}

/** The single row of a statement, as numbers. */
export async function queryNumbers(url: string, sql: string): Promise<Record<string, number>> {
  const [row] = await query(url, sql)
  if (row === undefined) throw new InvalidRun('the database returned no row')
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))
}
