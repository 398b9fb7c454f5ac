import { readdir, readFile, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type ProcessUse, useOfDescendants } from './process-tree.ts'
import { readPrometheus } from './prometheus.ts'

/** Where a service can be watched. */
export interface Watched {
  readonly url: string
  /** Of the service, when it runs on this machine and started its own database. */
  readonly pid?: number | undefined
  /** Where that database keeps its data. */
  readonly dataDir?: string | undefined
}

/** What a run took of a service and its database; `null` where it could not be seen. */
export interface ResourceUse {
  /** CPU seconds of the service during the run. */
  readonly service_cpu_s: number | null
  /** Resident memory of the service after it, bytes. */
  readonly service_memory_bytes: number | null
  /** CPU seconds of the embedded database. */
  readonly database_cpu_s: number | null
  readonly database_memory_bytes: number | null
  /** Bytes of its data folder after the run. */
  readonly database_disk_bytes: number | null
  /** Connections of the store's pool after the run, active or idle. */
  readonly connections: number | null
  /** Capacity units that DynamoDB said were consumed. */
  readonly read_units: number | null
  readonly write_units: number | null
  /** What the store sent again, and the requests that the database refused for want of capacity. */
  readonly store_retries: number | null
  readonly store_throttles: number | null
}

const TIMEOUT_MS = 5000

/**
 * Notes what a service has used; call the answer after the run. What a service does not tell at /metrics, as one
 * that is not pushcart, is `null`. Carts that are prepared between the two calls count as well.
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

async function look({ url, pid, dataDir }: Watched): Promise<Look> {
  const [metrics, database, disk] = await Promise.all([
    metricsOf(url),
    pid === undefined ? null : useOfDescendants(pid, await serverOf(dataDir)),
    dataDir === undefined ? null : bytesIn(dataDir).catch(() => null),
  ])
  return { metrics, database, disk }
}

/** PostgreSQL's own process: pg_ctl starts it as a daemon, so it descends from no service. Its pid is in its folder. */
async function serverOf(dataDir: string | undefined): Promise<number[]> {
  if (dataDir === undefined) return []
  const path = join(dataDir, 'postgres', 'cluster', 'postmaster.pid')
  const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
  return pid > 0 ? [pid] : []
}

/** What a service tells at /metrics; `null` for one that tells nothing there. */
export async function metricsOf(url: string): Promise<Look['metrics']> {
  try {
    const address = `${url.replace(/\/$/, '')}/metrics`
    const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return answer.ok ? readPrometheus(await answer.text()) : null
  } catch {
    return null
  }
}

/** Bytes of all files below a folder, those in folders named `except` left out; one that goes meanwhile, too. */
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
