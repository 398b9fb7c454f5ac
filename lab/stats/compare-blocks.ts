import { holm } from './holm.ts'
import { median } from './median.ts'
import { type Interval, medianInterval } from './median-interval.ts'
import { outlying } from './outlying.ts'
import { signFlipP } from './sign-flip.ts'

/**
 * Statistics of a comparison in blocks. A block is one measurement of A and one of B, close together and in an order
 * drawn by lot, under the same schedule. The block is the unit: requests within one share whatever else
 * happened then, so thousands of them are no more evidence than the block that they are in.
 */

/** One figure of both sides, lower being better, block by block; `null` where a block cannot tell it. */
export interface BlockMetric {
  /** Such as `get_cart.p99`. */
  readonly name: string
  readonly a: readonly (number | null)[]
  readonly b: readonly (number | null)[]
}

/**
 * - `a_faster`, `b_faster`: the difference is significant after Holm's correction and the median ratio is beyond the margin
 * - `equivalent`: the whole interval is within the margin
 * - `inconclusive`: neither; more blocks would be needed
 * - `not_measurable`: some block has too few samples for this figure, or nothing succeeded
 */
export type BlockVerdict =
  | 'a_faster'
  | 'b_faster'
  | 'equivalent'
  | 'inconclusive'
  | 'not_measurable'

export interface BlockComparison {
  readonly name: string
  readonly verdict: BlockVerdict
  /** Median over the blocks of b / a: above 1, A is faster. `null` when not measurable, as all below. */
  readonly ratio: number | null
  /** Its 95 % bootstrap interval. */
  readonly interval: Interval | null
  /** Of the sign-flip test, before and after Holm's correction over all metrics of the comparison. */
  readonly p: number | null
  readonly adjusted_p: number | null
  /** b / a of every block. */
  readonly ratios: readonly number[]
  /** Places in `ratios` that lie far from the others; they are counted like any other. */
  readonly outliers: readonly number[]
}

export interface BlockRules {
  /** Differences up to this share do not matter: 0.05 is a ratio of 1/1.05 to 1.05. */
  readonly margin: number
  /** The chance of claiming any difference at all where there is none. */
  readonly alpha: number
}

export const BLOCK_RULES: BlockRules = { margin: 0.05, alpha: 0.05 }

/** Compares every metric; the order of the result is that of `metrics`. */
export function compareBlocks(
  metrics: readonly BlockMetric[],
  rules: BlockRules = BLOCK_RULES,
): BlockComparison[] {
  const measured = metrics.map(measure)
  const tested = measured.filter((metric) => metric.p !== null)
  const adjusted = holm(tested.map(({ p }) => p ?? 1))
  const adjustedOf = new Map(tested.map((metric, place) => [metric, adjusted[place] ?? 1]))
  return measured.map((metric) => {
    const adjusted_p = adjustedOf.get(metric) ?? null
    return { ...metric, adjusted_p, verdict: verdictOf({ ...metric, adjusted_p }, rules) }
  })
}

type Measured = Omit<BlockComparison, 'verdict' | 'adjusted_p'>

function measure({ name, a, b }: BlockMetric): Measured {
  const ratios = ratiosOf(a, b)
  if (ratios === null)
    return { name, ratio: null, interval: null, p: null, ratios: [], outliers: [] }
  const logs = ratios.map(Math.log)
  const interval = medianInterval(logs)
  return {
    name,
    ratio: Math.exp(median(logs)),
    interval: { low: Math.exp(interval.low), high: Math.exp(interval.high) },
    p: signFlipP(logs),
    ratios,
    outliers: outlying(logs),
  }
}

/** `null` unless both sides have a positive figure in every block: leaving out blocks would choose among them. */
function ratiosOf(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): readonly number[] | null {
  if (a.length === 0 || a.length !== b.length) return null
  const ratios = a.map((time, block) => (b[block] ?? Number.NaN) / (time ?? Number.NaN))
  return ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio)) ? ratios : null
}

function verdictOf(
  { ratio, interval, adjusted_p }: Omit<BlockComparison, 'verdict'>,
  { margin, alpha }: BlockRules,
): BlockVerdict {
  if (ratio === null || interval === null || adjusted_p === null) return 'not_measurable'
  const within = (value: number) => value <= 1 + margin && value >= 1 / (1 + margin)
  if (adjusted_p <= alpha && !within(ratio)) {
    if (interval.low > 1) return 'a_faster'
    if (interval.high < 1) return 'b_faster'
  }
  return within(interval.low) && within(interval.high) ? 'equivalent' : 'inconclusive'
}
