import type { Id } from '../../cart-api/api.ts'
import type { OperationCost, OperationsPart, ResourceUse } from '../../results/schemas.ts'
import { bytesIn, type Watched, watchService } from '../../services/watch-service.ts'
import { billedSize } from './billed-size.ts'
import { crowd } from './crowd.ts'
import { openPostgresProbe, type PostgresProbe } from './postgres-probe.ts'
import {
  HISTORY_CARTS,
  openProbeSteps,
  PROBE_LINES,
  type ProbedKind,
  type ProbeSteps,
} from './probe-steps.ts'

/** What the operations of a service cost, and the size of its carts. */
export type ServiceCosts = Omit<OperationsPart['sides'][number], 'side'>

export interface ServiceCostsOptions {
  /** Ids of existing products: 100 different ones, or at least five without the billed size. */
  readonly products: readonly Id[]
  /** Maximum seconds for each kind (4); fewer once its CPU time is known well enough. */
  readonly seconds?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((operation: string) => void) | undefined
}

const CLIENTS = 8
const SECONDS = 4
/** CPU clocks of processes tick every 10 ms: 2.5 % of the first. Below the second, CPU time is not reported. */
const ENOUGH_CPU_S = 0.4
const MIN_CPU_S = 0.2
/** The first round warms up and is discarded. Each further one is larger, since every request of /metrics costs CPU too. */
const FIRST_ROUND = 100
const WARM_UP_SHARE = 0.2
const GROWTH = 4
const MAX_OPERATIONS = 25_600
/** Carts of the stock: enough to make a page of the database's files (8 KiB) negligible. */
const STOCK = { disk: 1000, units: 200 }
/** Time limit for the stock: a silent service must not hold the probe for the timeout of each request. */
const STOCK_S = 60
const MAX_FAILED = 0.01

/**
 * Measures the resources and the write-ahead log of one operation of each kind, one kind after another, with no other load: rounds of operations
 * between two readings of /metrics and of the processes of an embedded database, until the CPU time is far beyond the
 * resolution of its clock. A service without metrics gets no further requests.
 *
 * @param watched also where the data of an embedded database is
 */
export async function serviceCosts(
  watched: Watched,
  options: ServiceCostsOptions,
): Promise<ServiceCosts> {
  const { products, signal, onProgress, seconds = SECONDS } = options
  const reported = await (await watchService(watched))()
  const circumstances = { clients: CLIENTS, lines: PROBE_LINES, listed: HISTORY_CARTS }
  if (reported.service_cpu_s === null)
    return { ...circumstances, operations: [], cart_bytes: null, cart_bytes_by: null }
  const steps = openProbeSteps(watched, products, CLIENTS, signal)
  const { dataDir } = watched
  const postgres = dataDir === undefined ? null : await openPostgresProbe(dataDir)
  try {
    onProgress?.('carts')
    const stock = await fillStock(steps, watched, postgres, signal)
    const operations: OperationCost[] = []
    // Where no units are billed, reads have a single consistency.
    const kinds = steps.kinds.filter(
      ({ read_consistency }) => stock.units || read_consistency !== 'eventual',
    )
    for (const kind of stock.filled ? kinds : []) {
      if (signal?.aborted) break
      onProgress?.(kind.operation)
      operations.push(await measureKind(kind, { watched, postgres, seconds, signal }))
    }
    const billed = stock.units ? await billedSize(watched, products, signal) : null
    return {
      ...circumstances,
      operations,
      cart_bytes: billed ?? stock.bytes,
      cart_bytes_by: billed !== null ? 'units' : stock.bytes !== null ? 'disk' : null,
      ...(await diskFigures(postgres, stock.index_bytes, signal)),
    }
  } finally {
    await postgres?.close()
    await steps.close()
  }
}

async function diskFigures(
  postgres: PostgresProbe | null,
  index_bytes: number | null,
  signal: AbortSignal | undefined,
): Promise<Pick<ServiceCosts, 'index_bytes' | 'flush_s'>> {
  if (postgres === null) return {}
  return { index_bytes, flush_s: signal?.aborted ? null : await postgres.flushSeconds() }
}

/** Creates the carts that the kinds work on, and measures the disk space of each where the database is PostgreSQL. */
async function fillStock(
  steps: ProbeSteps,
  watched: Watched,
  postgres: PostgresProbe | null,
  signal: AbortSignal | undefined,
) {
  const finish = await watchService(watched)
  const until = performance.now() + 1000 * STOCK_S
  const few = { from: 0, count: STOCK.units, clients: CLIENTS, until, signal }
  const first = await crowd(steps.stock, few)
  const units = (await finish()).write_units !== null
  const { dataDir } = watched
  if (units || dataDir === undefined)
    return { filled: first.failed === 0, units, bytes: null, index_bytes: null }
  const before = await bytesIn(dataDir, WAL)
  const indexed = (await postgres?.indexBytes()) ?? null
  const more = await crowd(steps.stock, { ...few, from: STOCK.units, count: STOCK.disk })
  const grown = (await bytesIn(dataDir, WAL)) - before
  const each = (bytes: number) =>
    bytes > 0 && more.count > 0 ? Math.round(bytes / more.count) : null
  const indexedAfter = (await postgres?.indexBytes()) ?? null
  return {
    filled: first.failed + more.failed === 0,
    units,
    bytes: each(grown),
    index_bytes: indexed === null || indexedAfter === null ? null : each(indexedAfter - indexed),
  }
}

/** The write-ahead log: files of a fixed size that are reused. */
const WAL = 'pg_wal'

/** What a kind is measured on. */
interface Probed {
  readonly watched: Watched
  readonly postgres: PostgresProbe | null
  /** Maximum time. */
  readonly seconds: number
  readonly signal: AbortSignal | undefined
}

async function measureKind(kind: ProbedKind, probed: Probed): Promise<OperationCost> {
  const { postgres, seconds, signal } = probed
  const warmUp = { from: 0, count: FIRST_ROUND, seconds: seconds * WARM_UP_SHARE }
  await postgres?.checkpoint()
  const first = await runRound(kind, probed, warmUp)
  let left = seconds - first.took
  let sum: Sum = { count: 0, failed: 0, use: NOTHING_USED }
  let from = FIRST_ROUND
  for (let count = GROWTH * FIRST_ROUND; left > 0 && from < MAX_OPERATIONS; count *= GROWTH) {
    const round = await runRound(kind, probed, { from, count, seconds: left })
    sum = plus(sum, round)
    left -= round.took
    from += count
    if (round.count < count || signal?.aborted || isEnough(sum)) break
  }
  return {
    ...costOf(kind, sum),
    ...(postgres !== null && {
      log_bytes: perOperation(sum, sum.use.log_bytes),
      log_bytes_after_checkpoint: perOperation(first, first.use.log_bytes),
    }),
  }
}

interface Round {
  readonly from: number
  readonly count: number
  /** Maximum time of the measured operations, and of their preparation. */
  readonly seconds: number
}

async function runRound(
  { task, prepare }: ProbedKind,
  { watched, postgres, signal }: Probed,
  { seconds, ...asked }: Round,
): Promise<Sum & { readonly took: number }> {
  const within = () => ({ clients: CLIENTS, signal, until: performance.now() + 1000 * seconds })
  const ready = (await prepare?.({ ...asked, ...within() })) ?? { ...asked, failed: 0 }
  // Operations whose preparation failed would fail for that reason: such a kind is not measured.
  const count = ready.failed > 0 ? 0 : ready.count
  const begun = performance.now()
  const finish = await watchService(watched)
  const logged = (await postgres?.logBytes()) ?? null
  const done = await crowd(task, { ...asked, count, ...within() })
  const loggedAfter = (await postgres?.logBytes()) ?? null
  const log_bytes = logged === null || loggedAfter === null ? null : loggedAfter - logged
  const use = { ...(await finish()), log_bytes }
  return { ...done, use, took: (performance.now() - begun) / 1000 }
}

function costOf({ operation, read_consistency }: ProbedKind, sum: Sum): OperationCost {
  const { count, failed } = sum
  const { service_cpu_s, database_cpu_s, read_units, write_units } = sum.use
  const each = (used: number | null) => perOperation(sum, used)
  const cpu = (used: number | null) => (used === null || used < MIN_CPU_S ? null : each(used))
  return {
    operation,
    read_consistency,
    count,
    failed,
    service_cpu_s: cpu(service_cpu_s),
    database_cpu_s: cpu(database_cpu_s),
    // A kind of unit that was never consumed is missing from the metrics.
    read_units: each(read_units ?? (write_units === null ? null : 0)),
    write_units: each(write_units ?? (read_units === null ? null : 0)),
  }
}

function perOperation({ count, failed }: Sum, used: number | null): number | null {
  return used === null || count === 0 || failed > MAX_FAILED * count ? null : used / count
}

const USES = ['service_cpu_s', 'database_cpu_s', 'read_units', 'write_units'] as const
type Use = Pick<ResourceUse, (typeof USES)[number]> & {
  /** Bytes of write-ahead log. */
  readonly log_bytes: number | null
}

interface Sum {
  readonly count: number
  readonly failed: number
  readonly use: Use
}

const NOTHING_USED: Use = {
  service_cpu_s: null,
  database_cpu_s: null,
  read_units: null,
  write_units: null,
  log_bytes: null,
}

function plus(sum: Sum, round: Sum): Sum {
  const add = (name: keyof Use) => {
    const [before, more] = [sum.use[name], round.use[name]]
    return more === null ? before : (before ?? 0) + more
  }
  return {
    count: sum.count + round.count,
    failed: sum.failed + round.failed,
    use: {
      service_cpu_s: add('service_cpu_s'),
      database_cpu_s: add('database_cpu_s'),
      read_units: add('read_units'),
      write_units: add('write_units'),
      log_bytes: add('log_bytes'),
    },
  }
}

function isEnough({ use: { service_cpu_s, database_cpu_s } }: Sum): boolean {
  const known = [service_cpu_s, database_cpu_s].filter((used) => used !== null)
  return known.every((used) => used >= ENOUGH_CPU_S)
}
