import type { OperationKind } from '../../results/operation-kinds.ts'
import { isWrite, mixMean, sharesOf } from '../terms/mix.ts'
import type { Draw } from './draw.ts'
import { serviceVariability } from './fit.ts'
import { createFluidStation, drawWait, type StationSlot } from './fluid-station.ts'
import type { PostgresParameters } from './parameters.ts'
import { type Station, utilisation } from './queueing.ts'
import { skewOf } from './skew.ts'
import { drawUnloaded, type Limit, type SimulatedStore } from './store-slot.ts'
import type { SimulatedTraffic } from './workload.ts'

/**
 * PostgreSQL as queueing stations: connections, the row lock of the hottest cart, the cores of the writer or of the
 * replicas, the write-ahead log. A single instance executes all writes.
 */
export function createPostgresStore(
  postgres: PostgresParameters,
  workload: SimulatedTraffic,
  patience_s: number,
): SimulatedStore {
  const at = demands(postgres, workload)
  const pool = createFluidStation(patience_s)
  const row = createFluidStation(patience_s)
  const writer = createFluidStation(patience_s)
  const replicas = createFluidStation(patience_s)
  const log = createFluidStation(patience_s)

  return {
    step(rate, tasks, seconds) {
      const connections = Math.min(postgres.max_connections, tasks * postgres.pool_connections)
      const stations = stationsOf(at, postgres, connections, rate)
      const pooled = pool.step(stations.pool, seconds)
      const through = rate === 0 ? 0 : pooled.served / rate
      const scaled = (station: Station) => ({ ...station, rate: station.rate * through })
      const locked = row.step(scaled(stations.row), seconds)
      const wrote = writer.step(scaled(stations.writer), seconds)
      const read = replicas.step(scaled(stations.replicas), seconds)
      const logged = log.step(scaled(stations.log), seconds)
      const slots = [pooled, locked, wrote, read, logged]
      return {
        served: Math.max(
          0,
          wrote.served +
            read.served -
            lost(scaled(stations.row), locked) -
            lost(scaled(stations.log), logged),
        ),
        rejected: slots.reduce((sum, slot) => sum + slot.rejected, 0),
        throttled: 0,
        limit: limitOf(stations, through),
        latency: (kind, draw) =>
          drawUnloaded(postgres.unloaded[kind], draw) +
          drawWait(pooled, draw) +
          waitFor(kind, draw, { locked, wrote, read, logged }),
      }
    },
  }

  function waitFor(
    kind: OperationKind,
    draw: Draw,
    {
      locked,
      wrote,
      read,
      logged,
    }: Readonly<Record<'locked' | 'wrote' | 'read' | 'logged', StationSlot>>,
  ): number {
    if (!isWrite(kind)) return drawWait(postgres.read_replicas > 0 ? read : wrote, draw)
    const onRow = kind === 'add_items' && draw.uniform() < at.hottest ? drawWait(locked, draw) : 0
    const busy = 1 - Math.exp(-logged.served * postgres.flush_s)
    // A commit that arrives during a flush waits for the rest of that flush.
    const flush = draw.uniform() < busy ? draw.uniform() * postgres.flush_s : 0
    return onRow + drawWait(wrote, draw) + drawWait(logged, draw) + flush
  }
}

/** Demand of a mean operation of the mix on each station. */
interface Demands {
  readonly writes: number
  readonly hottest: number
  readonly hotAdds: number
  readonly writerShare: number
  readonly writerCpu: number
  readonly readCpu: number
  readonly add: number
  readonly hold: number
  /** Bytes of log. */
  readonly logged: number
  /** Of the service times of the database, squared coefficient of variation. */
  readonly variability: number
}

function demands(postgres: PostgresParameters, workload: SimulatedTraffic): Demands {
  const { mix } = workload
  const share = (wanted: (kind: OperationKind) => boolean) =>
    sharesOf(mix).reduce((sum, [kind, part]) => sum + (wanted(kind) ? part : 0), 0)
  const cpuOf = (wanted: (kind: OperationKind) => boolean) => {
    const part = share(wanted)
    const sum = sharesOf(mix).reduce(
      (total, [kind, own]) => total + (wanted(kind) ? own * (postgres.cpu_s[kind] ?? 0) : 0),
      0,
    )
    return part === 0 ? 0 : sum / part
  }
  const onWriter = (kind: OperationKind) => postgres.read_replicas === 0 || isWrite(kind)
  const writes = share(isWrite)
  const hottest = skewOf(workload).hottest[0] ?? 0
  return {
    writes,
    hottest,
    hotAdds: hottest * share((kind) => kind === 'add_items'),
    writerShare: share(onWriter),
    writerCpu: cpuOf(onWriter),
    readCpu: cpuOf((kind) => !onWriter(kind)),
    add: (postgres.cpu_s.add_items ?? 0) + postgres.flush_s,
    logged: mixMean(mix, postgres.log_bytes),
    variability:
      postgres.variability_factor * serviceVariability(mix, postgres.cpu_s, postgres.unloaded),
    hold: mixMean(mix, postgres.cpu_s) + writes * postgres.flush_s + postgres.round_trip_s,
  }
}

type Stations = Readonly<Record<'pool' | 'row' | 'writer' | 'replicas' | 'log', Station>>

function stationsOf(
  at: Demands,
  postgres: PostgresParameters,
  connections: number,
  rate: number,
): Stations {
  const { operations_per_statement: batch, cores, read_replicas } = postgres
  return {
    pool: { servers: connections * batch, rate, service_s: at.hold, variability: at.variability },
    row: { servers: batch, rate: rate * at.hotAdds, service_s: at.add, variability: 0 },
    writer: {
      servers: cores,
      rate: rate * at.writerShare,
      service_s: at.writerCpu,
      variability: at.variability,
    },
    replicas: {
      servers: Math.max(1, read_replicas) * cores,
      rate: rate * (1 - at.writerShare),
      service_s: at.readCpu,
      variability: at.variability,
    },
    log: {
      servers: 1,
      rate: rate * at.writes,
      service_s: at.writes === 0 ? 0 : at.logged / at.writes / postgres.wal_bytes_per_s,
      variability: 0,
    },
  }
}

/** Operations per second that arrive at the row lock or the log and are not served. */
function lost(station: Station, slot: StationSlot): number {
  return Math.max(0, station.rate - slot.served)
}

const LIMITS: readonly (readonly [keyof Stations, Limit])[] = [
  ['pool', 'connections'],
  ['row', 'one_cart'],
  ['writer', 'database_cpu'],
  ['replicas', 'database_cpu'],
  ['log', 'log_bandwidth'],
]

/** The station with the highest utilisation, if that is at least 1. */
function limitOf(stations: Stations, through: number): Limit | null {
  const full = LIMITS.map(([name, limit]) => ({
    limit,
    share: utilisation(stations[name]) * (name === 'pool' ? 1 : through),
  })).sort((a, b) => b.share - a.share)
  return full[0] !== undefined && full[0].share >= 1 ? full[0].limit : null
}
