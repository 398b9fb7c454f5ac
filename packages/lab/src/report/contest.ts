import type { QuickRun } from '../results/records.ts'
import {
  CONFIDENCE_PERCENT,
  RESAMPLES,
  ratioInterval,
  type Statistic,
} from '../stats/paired-bootstrap.ts'
import { summarise } from '../stats/summarise.ts'
import { steady } from './format.ts'

/** Smallest difference, in percent, that counts as one. */
const CLEAR_PERCENT = 5

/** The criterion for "faster", as the report states it. */
export const RULE = `A target counts as faster only if it took at least ${CLEAR_PERCENT} % less time and the ${CONFIDENCE_PERCENT} % confidence interval of the ratio (paired bootstrap, ${RESAMPLES.toLocaleString('en-US')} resamples of adjacent operations) excludes 1.`

/** A latency statistic to compare by; lower is better. */
export type LatencyStatistic = 'average' | 'p50' | 'p95' | 'p99'

export const LATENCIES: readonly {
  readonly statistic: LatencyStatistic
  readonly title: string
}[] = [
  { statistic: 'average', title: 'Average' },
  { statistic: 'p50', title: 'P50' },
  { statistic: 'p95', title: 'P95' },
  { statistic: 'p99', title: 'P99' },
]

export interface Contest {
  /** Milliseconds of each target; `null` if no operation succeeded. */
  readonly a: number | null
  readonly b: number | null
  /** The target with the clearly lower value; `null` without a clear difference. */
  readonly winner: 'a' | 'b' | null
  /** How much lower the lower value is, in percent of the higher one. */
  readonly lessBy: number | null
}

/** Compares one latency statistic of two runs. */
export function contest(runA: QuickRun, runB: QuickRun, statistic: LatencyStatistic): Contest {
  const a = summarise(runA.all)[statistic]
  const b = summarise(runB.all)[statistic]
  if (a === null || b === null) return { a, b, winner: null, lessBy: null }
  const lessBy = percentLess(a, b)
  const none = { a, b, winner: null, lessBy }
  if (lessBy < CLEAR_PERCENT) return none
  const interval = ratioInterval(timesOf(runA), timesOf(runB), STATISTICS[statistic])
  if (interval === null) return none
  if (a < b) return interval.high < 1 ? { a, b, winner: 'a', lessBy } : none
  return interval.low > 1 ? { a, b, winner: 'b', lessBy } : none
}

/** Ratio of a statistic of two runs with its confidence interval; `null` if either run has no times. */
export function ratioOf(
  over: QuickRun,
  under: QuickRun,
  statistic: LatencyStatistic,
): { readonly value: number | null; readonly interval: ReturnType<typeof ratioInterval> } {
  const [a, b] = [summarise(over.all)[statistic], summarise(under.all)[statistic]]
  if (a === null || b === null || b === 0) return { value: null, interval: null }
  const interval = ratioInterval(timesOf(over), timesOf(under), STATISTICS[statistic])
  return { value: a / b, interval }
}

const STATISTICS: Record<LatencyStatistic, Statistic> = {
  average: 'average',
  p50: { percentile: 50 },
  p95: { percentile: 95 },
  p99: { percentile: 99 },
}

/** A time for each operation in run order, `null` if it failed. */
function timesOf({ all }: QuickRun): (number | null)[] {
  return all.map(({ success, response_time }) => (success ? response_time : null))
}

/** Percent; a smaller difference of two averages is a rounding error of their sums. */
const LAST_BITS = 1e-9

function percentLess(a: number, b: number): number {
  const higher = Math.max(a, b)
  const percent = higher === 0 ? 0 : steady((100 * Math.abs(a - b)) / higher)
  return percent < LAST_BITS ? 0 : percent
}
