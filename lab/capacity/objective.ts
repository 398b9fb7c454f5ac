import { UsageError } from '../http/usage-error.ts'
import type { LoadResult } from '../load/load-result.ts'
import { samplesFor } from '../stats/histogram.ts'

/** What a service has to meet to count as coping with a rate. */
export interface Objective {
  /** As it was given, such as `p99=50ms`. */
  readonly text: string
  readonly percentile: 'p50' | 'p90' | 'p95' | 'p99' | 'p999'
  /** Most milliseconds of response time at that percentile, all operations together. */
  readonly ms: number
}

/** Operations that fail, or are not answered within the run, must not make a service look fast. */
export const MOST_FAILED = 0.001
/** Of what was offered, so much has to be answered within the run: a growing queue is no steady state. */
const LEAST_ANSWERED = 0.95

/** What can be an objective, milliseconds: to the microsecond, as times are kept, and an hour. */
const [LEAST_MS, MOST_MS] = [0.001, 3_600_000]

/** @throws UsageError */
export function parseObjective(text: string): Objective {
  const [, percentile, amount, unit] =
    /^(p50|p90|p95|p99|p999)\s*=\s*(\d+(?:\.\d+)?)\s*(ms|s)$/.exec(text.trim()) ?? []
  const ms = Number(amount) * (unit === 's' ? 1000 : 1)
  if (percentile === undefined || !(ms >= LEAST_MS && ms <= MOST_MS))
    throw new UsageError(
      `slo: "${text}" is not like p99=50ms (p50, p90, p95, p99 or p999; ms or s, from 0.001ms to an hour)`,
    )
  return { text: `${percentile}=${ms}ms`, percentile: percentile as Objective['percentile'], ms }
}

/**
 * Whether a run of the open loop met the objective: the percentile, at most 0.1 % failed, and at least 95 % of
 * the offered rate answered in time. `null` when the generator was the bottleneck or too little was measured to say.
 */
export function meets(objective: Objective, result: LoadResult): boolean | null {
  const { valid, overall } = result
  if (!valid || overall.count === 0) return null
  if (!keepsUp(result)) return false
  const ms = overall.response_time[objective.percentile]
  return ms === null ? null : ms <= objective.ms
}

/** A run of the search is not lengthened beyond this, seconds. */
const LONGEST = 120
/** Arrivals are random: so many more are planned than the percentile needs. */
const SPARE = 1.2

/** How long a run at a rate has to be for its percentile to be told, seconds; `duration_s` at least. */
export function secondsFor({ percentile }: Objective, rate: number, duration_s: number): number {
  const needed = (SPARE * samplesFor(PERCENT[percentile])) / rate
  return Math.max(duration_s, Math.min(LONGEST, Math.ceil(needed)))
}

/** The lowest rate at which such a run can tell the percentile, operations per second. */
export function leastRate({ percentile }: Objective): number {
  return (SPARE * samplesFor(PERCENT[percentile])) / LONGEST
}

const PERCENT: Readonly<Record<Objective['percentile'], number>> = {
  p50: 50,
  p90: 90,
  p95: 95,
  p99: 99,
  p999: 99.9,
}

/** Whether at most 0.1 % failed, and at least 95 % of the offered rate was answered in time. */
export function keepsUp(result: Pick<LoadResult, 'overall' | 'offered_rate' | 'achieved_rate'>) {
  const { offered_rate, achieved_rate } = result
  const answered = (achieved_rate ?? 0) >= LEAST_ANSWERED * (offered_rate ?? 0)
  return errorRate(result) <= MOST_FAILED && answered
}

/** Share of a run's operations that failed, 0-1. */
export function errorRate({ overall }: Pick<LoadResult, 'overall'>): number {
  return overall.count === 0 ? 0 : overall.failed / overall.count
}
