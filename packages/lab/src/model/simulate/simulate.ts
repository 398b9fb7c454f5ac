import type { OperationKind } from '../../results/operation-kinds.ts'
import { mixMean, sharesOf } from '../terms/mix.ts'
import { createDraw, type Draw } from './draw.ts'
import { createDynamoStore } from './dynamodb-store.ts'
import { createEmulatorStore } from './emulator-store.ts'
import { createFluidStation, drawWait } from './fluid-station.ts'
import type { EmulatorParameters, ServiceParameters, StoreParameters } from './parameters.ts'
import { createPostgresStore } from './postgres-store.ts'
import { createServiceTasks } from './service-tasks.ts'
import type { Limit, SimulatedStore, StoreSlot } from './store-slot.ts'
import { type LatencyFigures, latencyFigures, type WeightedTime } from './weighted-percentile.ts'
import { duration, type SimulatedTraffic, shoppersAt } from './workload.ts'

/** A deployment on one store under a workload. */
export interface Simulation {
  readonly service: ServiceParameters
  readonly store: StoreParameters | EmulatorParameters
  readonly workload: SimulatedTraffic
  readonly seed: number
  /** Seconds after which clients abandon a waiting request; default 5. */
  readonly patience_s?: number
}

/** One second. Rates are per second. */
export interface SimulatedSecond {
  readonly offered: number
  readonly served: number
  readonly rejected: number
  readonly throttled: number
  readonly limit: Limit | null
}

/** A figure of this must be labelled as simulated wherever it is shown. */
export interface SimulationResult {
  /** Operations per second, averaged over the whole time. */
  readonly offered: number
  readonly throughput: number
  /** Share of the offered operations that ended in an error, 0-1. */
  readonly error_share: number
  /** Refused attempts per offered operation, including those whose retry succeeded. */
  readonly throttled_share: number
  /** Of the successful operations, milliseconds; `null` without any. */
  readonly latency: LatencyFigures | null
  /** The limit that rejected most, else the one reached for the most seconds; `null` where none was reached. */
  readonly limit: Limit | null
  readonly seconds: readonly SimulatedSecond[]
}

const SLOT_S = 1
const DRAWS_PER_SLOT = 20
const PATIENCE_S = 5

/**
 * Simulates in slots of one second. Load, queues, throttling and scaling are a fluid; the latencies of each slot are drawn
 * from the distributions of queueing theory, so the run time does not depend on the number of shoppers. The
 * deployment starts adapted to the load of the first second. The same input gives the same result.
 */
export function simulate(simulation: Simulation): SimulationResult {
  const { service, workload, seed, patience_s = PATIENCE_S } = simulation
  const draw = createDraw(seed)
  const rateAt = (second: number) => shoppersAt(workload, second) * workload.shopper_rate
  const cpu = mixMean(workload.mix, service.cpu_s)
  const tasks = createServiceTasks(service, rateAt(0) * cpu)
  const station = createFluidStation(patience_s)
  const database = createStore(simulation, patience_s, draw, rateAt(0))
  const times: WeightedTime[] = []
  const seconds: SimulatedSecond[] = []

  for (let second = 0; second < duration(workload); second += SLOT_S) {
    const rate = rateAt(second)
    const { running } = tasks
    const servers = running * service.task_cores
    const served = station.step({ servers, rate, service_s: cpu, variability: 1 }, SLOT_S)
    const slot = database.step(served.served, running, SLOT_S)
    const drawn = drawLatencies(workload, draw, (kind) => {
      return drawWait(served, draw) + slot.latency(kind, draw)
    })
    for (const ms of drawn) times.push({ ms, weight: (slot.served * SLOT_S) / drawn.length })
    tasks.step(rate * cpu, SLOT_S)
    seconds.push({
      offered: rate,
      served: slot.served,
      rejected: served.rejected + slot.rejected,
      throttled: slot.throttled,
      limit: limitOf(rate * cpu >= servers, served.rejected, slot),
    })
  }
  return { ...summarise(seconds), latency: latencyFigures(times), seconds }
}

function createStore(
  { store, workload }: Simulation,
  patience_s: number,
  draw: Draw,
  usual: number,
): SimulatedStore {
  switch (store.kind) {
    case 'postgres':
      return createPostgresStore(store, workload, patience_s)
    case 'dynamodb':
      return createDynamoStore(store, workload, draw, usual)
    case 'emulator':
      return createEmulatorStore(store, workload, patience_s)
  }
}

/** Latencies of a slot, milliseconds; kinds are drawn in the shares of the mix. */
function drawLatencies(
  { mix }: SimulatedTraffic,
  draw: Draw,
  latency: (kind: OperationKind) => number,
): number[] {
  const shares = sharesOf(mix)
  const kindAt = (place: number) => {
    let passed = 0
    for (const [kind, share] of shares) {
      passed += share
      if (place <= passed) return kind
    }
    return shares.at(-1)?.[0]
  }
  return Array.from({ length: DRAWS_PER_SLOT }, () => {
    const kind = kindAt(draw.uniform())
    return kind === undefined ? 0 : 1000 * latency(kind)
  })
}

function summarise(seconds: readonly SimulatedSecond[]) {
  const total = (pick: (second: SimulatedSecond) => number) =>
    seconds.reduce((sum, second) => sum + pick(second), 0)
  const offered = total((second) => second.offered)
  const share = (part: number) => (offered === 0 ? 0 : part / offered)
  return {
    offered: offered / Math.max(1, seconds.length),
    throughput: total((second) => second.served) / Math.max(1, seconds.length),
    error_share: share(total((second) => second.rejected)),
    throttled_share: share(total((second) => second.throttled)),
    limit: mainLimit(seconds),
  }
}

/** The limit of one second. Where both the service and the store were saturated, the one that rejected more. */
function limitOf(full: boolean, rejected: number, slot: StoreSlot): Limit | null {
  const byStore = slot.limit !== null && slot.rejected > rejected
  return full && !byStore ? 'service_cpu' : slot.limit
}

/** The limit that rejected most; where nothing was rejected, the one reached for the most seconds. */
function mainLimit(seconds: readonly SimulatedSecond[]): Limit | null {
  const weights = new Map<Limit, number>()
  for (const { limit, rejected } of seconds)
    if (limit !== null) weights.set(limit, (weights.get(limit) ?? 0) + rejected + 1e-6)
  return [...weights].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}
