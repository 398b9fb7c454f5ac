import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { median } from '../../stats/median.ts'

/** Looks into an embedded PostgreSQL, beside the service that uses it. */
export interface PostgresProbe {
  /** Bytes of write-ahead log since the cluster was created. */
  logBytes(): Promise<number>
  /** Bytes of all indexes of the service's tables. */
  indexBytes(): Promise<number>
  /** After it, the first change of each page logs the whole page. */
  checkpoint(): Promise<void>
  /** Median seconds that a commit waits for the flush of its log to disk. */
  flushSeconds(): Promise<number>
  close(): Promise<void>
}

const COMMITS = 200

/**
 * @param dataDir of a service that was started with `--embedded --data-dir`
 * @returns `null` where there is no PostgreSQL, or none that accepts a connection
 */
export async function openPostgresProbe(dataDir: string): Promise<PostgresProbe | null> {
  const url = await addressIn(join(dataDir, 'postgres')).catch(() => null)
  if (url === null) return null
  const client = new pg.Client({ connectionString: url, application_name: 'pushcart lab' })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch {
    return null
  }
  const number = async (sql: string) => {
    const { rows } = await client.query<{ value: string }>(sql)
    return Number(rows[0]?.value)
  }
  /** Median seconds of a commit that writes a few bytes of log. */
  const commitSeconds = async (synchronous: 'on' | 'off') => {
    await client.query(`set synchronous_commit = ${synchronous}`)
    const times: number[] = []
    for (let count = 0; count < COMMITS; count++) {
      const begun = performance.now()
      await client.query("select pg_logical_emit_message(true, 'pushcart', 'x')")
      times.push((performance.now() - begun) / 1000)
    }
    return median(times)
  }
  return {
    logBytes: () => number("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as value"),
    indexBytes: () =>
      number('select coalesce(sum(pg_indexes_size(relid)), 0) as value from pg_stat_user_tables'),
    async checkpoint() {
      await client.query('checkpoint')
    },
    async flushSeconds() {
      // Alike except for the flush: statement, round trip and commit cancel out.
      const buffered = await commitSeconds('off')
      const flushed = await commitSeconds('on')
      return Math.max(0, flushed - buffered)
    },
    close: () => client.end().catch(() => {}),
  }
}

/** The port is in the fourth line of `postmaster.pid` (PostgreSQL documentation, 19.3). */
async function addressIn(folder: string): Promise<string> {
  const [password, pid] = await Promise.all([
    readFile(join(folder, 'password'), 'utf8'),
    readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8'),
  ])
  const port = Number(pid.split('\n')[3])
  return `postgres://pushcart:${password.trim()}@127.0.0.1:${port}/pushcart`
}
