import type { OperationKind } from '../results/operation-kinds.ts'
import { createDraw, type Draw } from './draw.ts'
import { createDynamoStore } from './dynamodb-store.ts'
import { createEmulatorStore } from './emulator-store.ts'
import { createFluidStation, drawWait } from './fluid-station.ts'
import type { EmulatorParameters, ServiceParameters, StoreParameters } from './parameters.ts'
import { createPostgresStore } from './postgres-store.ts'
import { createServiceTasks } from './service-tasks.ts'
import type { Limit, SimulatedStore, StoreSlot } from './store-slot.ts'
import { type LatencyFigures, latencyFigures, type WeightedTime } from './weighted-percentile.ts'
import { duration, mixMean, sharesOf, shoppersAt, type Workload } from './workload.ts'

/** A deployment on one store under a workload. */
export interface Simulation {
  readonly service: ServiceParameters
  readonly store: StoreParameters | EmulatorParameters
  readonly workload: Workload
  readonly seed: number
  /** Seconds that a request waits before it is given up; 5 where left out. */
  readonly patience_s?: number
}

/** One second. Rates are per second. */
export interface SimulatedSecond {
  readonly second: number
  readonly shoppers: number
  readonly offered: number
  readonly served: number
  readonly rejected: number
  readonly throttled: number
  readonly tasks: number
  readonly partitions: number | null
  /** Mean latency, milliseconds; `null` where nothing succeeded. */
  readonly mean_ms: number | null
  readonly limit: Limit | null
}

export interface SimulationResult {
  /** To be shown wherever a figure of this is. */
  readonly label: 'simulated'
  readonly seed: number
  /** Operations per second, averages of the whole time. */
  readonly offered: number
  readonly throughput: number
  /** Share of the offered operations that ended in an error, 0-1. */
  readonly error_share: number
  /** Refused attempts per offered operation; those repeated with success are no errors. */
  readonly throttled_share: number
  /** Of the successful operations, milliseconds; `null` where there is none. */
  readonly latency: LatencyFigures | null
  /** What turned most away, or else was full for the most seconds; `null` where nothing was. */
  readonly limit: Limit | null
  readonly seconds: readonly SimulatedSecond[]
}

const SLOT_S = 1
const DRAWS_PER_SLOT = 20
const PATIENCE_S = 5

/**
 * Simulates in slots of a second: load, queues, throttling and scaling as a fluid, the latencies of each slot drawn from the
 * distributions that queueing theory gives for it. A million shoppers cost as much to simulate as ten.
 * The deployment starts as if the first second's load had gone on for long. The same input gives the same result.
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
      second,
      shoppers: shoppersAt(workload, second),
      offered: rate,
      served: slot.served,
      rejected: served.rejected + slot.rejected,
      throttled: slot.throttled,
      tasks: running,
      partitions: slot.partitions,
      mean_ms: slot.served === 0 ? null : drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length,
      limit: limitOf(rate * cpu >= servers, served.rejected, slot),
    })
  }
  return { ...summarise(seconds), seed, latency: latencyFigures(times), seconds }
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

/** Milliseconds of a slot's draws: each kind as often as the mix has it, at random. */
function drawLatencies(
  { mix }: Workload,
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
    label: 'simulated' as const,
    offered: offered / Math.max(1, seconds.length),
    throughput: total((second) => second.served) / Math.max(1, seconds.length),
    error_share: share(total((second) => second.rejected)),
    throttled_share: share(total((second) => second.throttled)),
    limit: mainLimit(seconds),
  }
}

/** Of a second in which the service, the store, or both were full: where more was turned away. */
function limitOf(full: boolean, rejected: number, slot: StoreSlot): Limit | null {
  const byStore = slot.limit !== null && slot.rejected > rejected
  return full && !byStore ? 'service CPU' : slot.limit
}

/** The limit at which most was turned away; where nothing was, the one that was met for the most seconds. */
function mainLimit(seconds: readonly SimulatedSecond[]): Limit | null {
  const weights = new Map<Limit, number>()
  for (const { limit, rejected } of seconds)
    if (limit !== null) weights.set(limit, (weights.get(limit) ?? 0) + rejected + 1e-6)
  return [...weights].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}
