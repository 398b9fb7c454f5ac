import { readdir, readFile, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Access } from '../cart-api/access.ts'
import { type Exchange, openExchange } from '../cart-api/exchange.ts'
import type { ResourceUse } from '../results/schemas.ts'
import { type ProcessUse, useOfDescendants } from './process-tree.ts'
import { readPrometheus } from './prometheus.ts'

/** A service whose resources can be observed. */
export interface Watched {
  readonly url: string
  readonly access?: Access | undefined
  /** Of a service on this machine that started its database. */
  readonly pid?: number | undefined
  /** Data folder of that database. */
  readonly dataDir?: string | undefined
  /** Of a database that the service did not start. */
  readonly databasePid?: number | undefined
}

const TIMEOUT_MS = 5000

/**
 * Reads the resource counters of a service; call the returned function after the run. Fields that a service does not
 * report at /metrics are `null`. Carts prepared between the two calls are included.
 */
export async function watchService(watched: Watched): Promise<() => Promise<ResourceUse>> {
  const before = await look(watched)
  return async () => {
    const after = await look(watched)
    const gained = (metric: string) =>
      minus(after.metrics?.get(metric), before.metrics?.get(metric))
    const held = (metric: string) => after.metrics?.get(metric) ?? null
    const consumed = 'pushcart_dynamodb_consumed_capacity_units_total'
    return {
      service_cpu_s: gained('process_cpu_seconds_total'),
      service_memory_bytes: held('process_resident_memory_bytes'),
      database_cpu_s: minus(after.database?.cpu_s, before.database?.cpu_s),
      database_memory_bytes: after.database?.memory_bytes ?? null,
      database_disk_bytes: after.disk,
      connections: sum(
        held('pushcart_store_pool{state="active"}'),
        held('pushcart_store_pool{state="idle"}'),
      ),
      read_units: gained(`${consumed}{kind="read"}`),
      write_units: gained(`${consumed}{kind="write"}`),
      store_retries: gained('pushcart_store_retries_total'),
      store_throttles: gained('pushcart_store_throttles_total'),
    }
  }
}

interface Look {
  readonly metrics: ReadonlyMap<string, number> | null
  readonly database: ProcessUse | null
  readonly disk: number | null
}

async function look({ url, access, pid, dataDir, databasePid }: Watched): Promise<Look> {
  const [metrics, database, disk] = await Promise.all([
    metricsOf(url, access),
    pid === undefined
      ? null
      : useOfDescendants(pid, [
          ...(await serverOf(dataDir)),
          ...(databasePid === undefined ? [] : [databasePid]),
        ]),
    dataDir === undefined ? null : bytesIn(dataDir).catch(() => null),
  ])
  return { metrics, database, disk }
}

/** PostgreSQL's main process: pg_ctl starts it as a daemon, so it is no descendant. Its data folder has the pid. */
async function serverOf(dataDir: string | undefined): Promise<number[]> {
  if (dataDir === undefined) return []
  const path = join(dataDir, 'postgres', 'cluster', 'postmaster.pid')
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
  return pid > 0 ? [pid] : []
}

/** The samples at /metrics; `null` if there are none. */
export async function metricsOf(
  url: string,
  { headers, tls }: Partial<Pick<Access, 'headers' | 'tls'>> = {},
): Promise<Look['metrics']> {
  const exchange = openExchange(url, { timeoutMs: TIMEOUT_MS, headers, tls })
  try {
    return (await askMetrics(exchange)).metrics
  } finally {
    await exchange.close()
  }
}

/** The samples at /metrics, and whether the service responded at all. */
export async function askMetrics(
  exchange: Pick<Exchange, 'send'>,
): Promise<{ readonly responds: boolean; readonly metrics: Look['metrics'] }> {
  const { status, text = '' } = await exchange.send({ method: 'GET', path: '/metrics' })
  return { responds: status !== 0, metrics: status === 200 ? readPrometheus(text) : null }
}

/** Bytes of all files below a folder, except in folders named `except`. Files deleted meanwhile count 0. */
export async function bytesIn(folder: string, except?: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter(
      (entry) =>
        entry.isFile() && (except === undefined || !entry.parentPath.split(sep).includes(except)),
    )
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0)
}

function minus(after: number | undefined, before: number | undefined): number | null {
  return after === undefined ? null : Math.max(0, after - (before ?? 0))
}

function sum(...values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}
