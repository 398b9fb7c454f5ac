import {
  CONFIDENCE_PERCENT,
  RESAMPLES,
  ratioInterval,
  type Statistic,
} from '../stats/paired-bootstrap.ts'
import { summarise } from '../stats/summarise.ts'
import { steady } from './format.ts'
import type { Run } from './records.ts'

/** The least difference, in percent, that may be called one. */
const CLEAR_PERCENT = 5

/** When one side may be called faster, as the report says it. */
export const RULE = `A side is called faster only where it took at least ${CLEAR_PERCENT} % less time and the ${CONFIDENCE_PERCENT} % interval of the ratio of the two (paired bootstrap, ${RESAMPLES.toLocaleString('en-US')} resamples of the operations that ran next to each other) leaves out 1.`

/** A statistic of latency that sides are compared by; less is better. */
export type Latency = 'average' | 'p50' | 'p95' | 'p99'

export const LATENCIES: readonly { readonly statistic: Latency; readonly title: string }[] = [
  { statistic: 'average', title: 'Average' },
  { statistic: 'p50', title: 'P50' },
  { statistic: 'p95', title: 'P95' },
  { statistic: 'p99', title: 'P99' },
]

export interface Contest {
  /** Milliseconds of each side; `null` where no operation succeeded. */
  readonly a: number | null
  readonly b: number | null
  /** Whose value is clearly lower; `null` where the difference is not clear. */
  readonly winner: 'a' | 'b' | null
  /** How much less time the lower one took, in percent of the higher one's. */
  readonly lessBy: number | null
}

/** Compares one latency statistic of two runs. */
export function contest(runA: Run, runB: Run, statistic: Latency): Contest {
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

/** How many times as long one run took as another by a statistic, with its interval; `null` where either has no time. */
export function ratioOf(
  over: Run,
  under: Run,
  statistic: Latency,
): { readonly value: number | null; readonly interval: ReturnType<typeof ratioInterval> } {
  const [a, b] = [summarise(over.all)[statistic], summarise(under.all)[statistic]]
  if (a === null || b === null || b === 0) return { value: null, interval: null }
  const interval = ratioInterval(timesOf(over), timesOf(under), STATISTICS[statistic])
  return { value: a / b, interval }
}

const STATISTICS: Record<Latency, Statistic> = {
  average: 'average',
  p50: { percentile: 50 },
  p95: { percentile: 95 },
  p99: { percentile: 99 },
}

/** One time per operation in the order of the run, `null` for a failed one. */
function timesOf({ all }: Run): (number | null)[] {
  return all.map(({ success, response_time }) => (success ? response_time : null))
}

/** Below this many percent two averages differ by no more than the order in which their times were added up. */
const LAST_BITS = 1e-9

/** How much less the lower of two values is, in percent of the higher one. */
function percentLess(a: number, b: number): number {
  const higher = Math.max(a, b)
  const percent = higher === 0 ? 0 : steady((100 * Math.abs(a - b)) / higher)
  return percent < LAST_BITS ? 0 : percent
}
