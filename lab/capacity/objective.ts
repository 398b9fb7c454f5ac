import { UsageError } from '../errors/usage-error.ts'
import type { LoadResult } from '../load/load-result.ts'
import { samplesFor } from '../stats/histogram.ts'

const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'p999'] as const

/** What a service has to meet at a rate to sustain it. */
export interface Objective {
  /** Such as `p99=50ms`. */
  readonly text: string
  readonly percentile: (typeof PERCENTILES)[number]
  /** Maximum response time at that percentile, milliseconds, all operations together. */
  readonly ms: number
}

/** Maximum share of failures: operations that fail must not make a service look fast. */
export const MOST_FAILED = 0.001
/** Minimum share of the offered rate that has to be achieved: a growing queue is no steady state. */
const MIN_ACHIEVED = 0.95

/** Range of objectives, milliseconds: from the resolution of the histograms to an hour. */
const [MIN_MS, MAX_MS] = [0.001, 3_600_000]

/** @throws UsageError */
export function parseObjective(text: string): Objective {
  const [, name, amount, unit] =
    /^(p50|p90|p95|p99|p999)\s*=\s*(\d+(?:\.\d+)?)\s*(ms|s)$/.exec(text.trim()) ?? []
  const ms = Number(amount) * (unit === 's' ? 1000 : 1)
  const percentile = PERCENTILES.find((known) => known === name)
  if (percentile === undefined || !(ms >= MIN_MS && ms <= MAX_MS))
    throw new UsageError(
      `slo: "${text}" is not like p99=50ms (p50, p90, p95, p99 or p999; ms or s, from 0.001ms to an hour)`,
    )
  return { text: `${percentile}=${ms}ms`, percentile, ms }
}

/**
 * Whether a run of the open loop met the objective: the percentile, at most 0.1 % of failures, and at least 95 % of the
 * offered rate. `null` when the generator was the bottleneck or the percentile has too few samples.
 */
export function meets(objective: Objective, result: LoadResult): boolean | null {
  const { valid, overall } = result
  if (!valid || overall.count === 0) return null
  if (!keepsUp(result)) return false
  const ms = overall.response_time[objective.percentile]
  return ms === null ? null : ms <= objective.ms
}

/** Maximum duration of a run of the search, seconds. */
const MAX_S = 120
/** Arrivals are random: this many times the samples that the percentile needs are planned. */
const SPARE = 1.2

/** How long a run at a rate has to be for enough samples of the percentile, seconds; `duration_s` at least. */
export function secondsFor({ percentile }: Objective, rate: number, duration_s: number): number {
  const needed = (SPARE * samplesFor(PERCENT[percentile])) / rate
  return Math.max(duration_s, Math.min(MAX_S, Math.ceil(needed)))
}

/** The lowest rate at which the longest run has enough samples of the percentile, operations per second. */
export function leastRate({ percentile }: Objective): number {
  return (SPARE * samplesFor(PERCENT[percentile])) / MAX_S
}

const PERCENT: Readonly<Record<Objective['percentile'], number>> = {
  p50: 50,
  p90: 90,
  p95: 95,
  p99: 99,
  p999: 99.9,
}

/** Whether at most 0.1 % failed, and at least 95 % of the offered rate was achieved. */
export function keepsUp(result: Pick<LoadResult, 'overall' | 'offered_rate' | 'achieved_rate'>) {
  const { offered_rate, achieved_rate } = result
  const sustained = (achieved_rate ?? 0) >= MIN_ACHIEVED * (offered_rate ?? 0)
  return errorRate(result) <= MOST_FAILED && sustained
}

/** Share of a run's operations that failed, 0-1. */
export function errorRate({ overall }: Pick<LoadResult, 'overall'>): number {
  return overall.count === 0 ? 0 : overall.failed / overall.count
}
