import type { StoreName } from '../terms/stores.ts'
import type { StoreParameters } from './parameters.ts'
import { type Simulation, type SimulationResult, simulate } from './simulate.ts'
import type { Limit } from './store-slot.ts'

/** What counts as served well. */
export interface ServiceObjective {
  readonly p99_ms: number
  /** Maximum share of operations that end in an error, 0-1. */
  readonly error_share: number
}

export const OBJECTIVE: ServiceObjective = { p99_ms: 250, error_share: 0.001 }

/** Latency and errors of one store against shoppers, and where it saturates. Simulated; every figure must be labelled so. */
export interface LoadSweep {
  readonly store: StoreName
  readonly objective: ServiceObjective
  readonly points: readonly SweepPoint[]
  /** Maximum number of shoppers served within the objective; `null` where the smallest number tried is not. */
  readonly most_shoppers: number | null
  /** What fails beyond that number; `null` where the largest number tried is served well. */
  readonly limit: Limit | 'latency' | null
}

export interface SweepPoint {
  readonly shoppers: number
  readonly offered: number
  readonly error_share: number
  readonly p99_ms: number | null
}

const PHASE_S = 120
const HALVINGS = 14

/**
 * Simulates two minutes of steady load at each of `shoppers` and finds by bisection the maximum that is served well.
 * The database instance has a fixed size; service tasks and tables have already adapted to the load.
 *
 * @param shoppers ascending, at least one
 */
export function sweepLoad(
  simulation: Omit<Simulation, 'store' | 'workload'> & {
    readonly store: StoreParameters
    readonly workload: Omit<Simulation['workload'], 'phases'>
  },
  shoppers: readonly number[],
  objective: ServiceObjective = OBJECTIVE,
): LoadSweep {
  const at = (count: number): SimulationResult => {
    const phases = [{ seconds: PHASE_S, from: count, to: count }]
    return simulate({ ...simulation, workload: { ...simulation.workload, phases } })
  }
  const results = shoppers.map((count) => ({ count, result: at(count) }))
  const firstBad = results.find(({ result }) => !meets(result, objective))
  const lastGood = results.slice(0, firstBad ? results.indexOf(firstBad) : undefined).at(-1)
  const end = lastGood && firstBad ? bisect(at, objective, lastGood, firstBad) : null
  return {
    store: simulation.store.kind,
    objective,
    points: results.map(({ count, result }) => pointOf(count, result)),
    most_shoppers: end?.good.count ?? lastGood?.count ?? null,
    limit: reasonOf(end?.bad.result ?? firstBad?.result),
  }
}

/** Whether a simulated deployment serves well. */
export function meets(
  { error_share, latency }: SimulationResult,
  objective: ServiceObjective,
): boolean {
  return error_share <= objective.error_share && latency !== null && latency.p99 <= objective.p99_ms
}

interface Tried {
  readonly count: number
  readonly result: SimulationResult
}

function bisect(
  at: (count: number) => SimulationResult,
  objective: ServiceObjective,
  good: Tried,
  bad: Tried,
) {
  let [low, high] = [good, bad]
  for (let halving = 0; halving < HALVINGS && high.count - low.count > 1; halving++) {
    const count = Math.round((low.count + high.count) / 2)
    const middle = { count, result: at(count) }
    if (meets(middle.result, objective)) low = middle
    else high = middle
  }
  return { good: low, bad: high }
}

function reasonOf(result: SimulationResult | undefined): Limit | 'latency' | null {
  return result === undefined ? null : (result.limit ?? 'latency')
}

function pointOf(shoppers: number, result: SimulationResult): SweepPoint {
  const { offered, error_share, latency } = result
  return { shoppers, offered, error_share, p99_ms: latency?.p99 ?? null }
}
