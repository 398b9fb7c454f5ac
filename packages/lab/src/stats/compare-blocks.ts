import type { Interval } from './bootstrap.ts'
import { holm } from './holm.ts'
import { median } from './median.ts'
import { medianInterval } from './median-interval.ts'
import { outlying } from './outlying.ts'
import { signFlipP } from './sign-flip.ts'

/**
 * Statistics of a comparison in blocks. A block is one measurement of A and one of B under the same schedule, close
 * together and in random order. The block is the unit of analysis: requests within a block share its conditions, so
 * thousands of requests are no more evidence than one block.
 */

/** One figure of both sides per block, lower is better; `null` where a block has too few samples. */
export interface BlockMetric {
  /** Such as `get_cart.p99`. */
  readonly name: string
  readonly a: readonly (number | null)[]
  readonly b: readonly (number | null)[]
}

/**
 * - `a_faster`, `b_faster`: the difference is significant after Holm's correction and the median ratio is beyond the margin
 * - `within_noise`: such a difference, but not beyond the noise floor
 * - `equivalent`: the whole interval is within the margin
 * - `inconclusive`: none of these, fewer than six blocks, or a difference of a figure whose noise floor is unknown
 * - `not_measurable`: a block has too few samples for this figure, or nothing succeeded in it
 */
export type BlockVerdict =
  | 'a_faster'
  | 'b_faster'
  | 'within_noise'
  | 'equivalent'
  | 'inconclusive'
  | 'not_measurable'

export interface BlockComparison {
  readonly name: string
  readonly verdict: BlockVerdict
  /** Median over the blocks of b / a: above 1, A is faster. `null` when not measurable, like all fields below. */
  readonly ratio: number | null
  /** 95 % bootstrap interval of `ratio`; `null` also with fewer than six blocks. */
  readonly interval: Interval | null
  /** p-value of the sign-flip test, before and after Holm's correction over all metrics compared. */
  readonly p: number | null
  readonly adjusted_p: number | null
  /** b / a of every block. */
  readonly ratios: readonly number[]
  /** Indexes in `ratios` of outliers, which are included in all other figures. */
  readonly outliers: readonly number[]
}

export interface BlockRules {
  /** Differences up to this share are irrelevant: 0.05 is a ratio of 1/1.05 to 1.05. */
  readonly margin: number
  /** Probability of claiming any difference where there is none. */
  readonly alpha: number
  /**
   * Noise floor by metric, as a ratio of at least 1: a ratio up to it, or down to its inverse, may be noise. Absent if no
   * noise was measured, which leaves the other rules to decide.
   */
  readonly noise?: ReadonlyMap<string, number> | undefined
}

export const BLOCK_RULES: BlockRules = { margin: 0.05, alpha: 0.05 }

/**
 * Compares every metric; the result is in the order of `metrics`.
 *
 * @param primary the metric that the comparison is about, chosen before measuring: it has half the weight in Holm's
 *   correction, all other metrics together the other half
 */
export function compareBlocks(
  metrics: readonly BlockMetric[],
  rules: BlockRules = BLOCK_RULES,
  primary: BlockMetric | null = null,
): BlockComparison[] {
  const measured = metrics.map(compareMetric)
  const tested = measured.flatMap(({ p }, place) => (p === null ? [] : [{ p, place }]))
  const adjusted = holm(
    tested.map(({ p }) => p),
    tested.map(({ place }) => (metrics[place] === primary ? Math.max(1, tested.length - 1) : 1)),
  )
  const adjustedAt = new Map(tested.map(({ place }, index) => [place, adjusted[index] ?? 1]))
  return measured.map((metric, place) => {
    const adjusted_p = adjustedAt.get(place) ?? null
    return { ...metric, adjusted_p, verdict: verdictOf({ ...metric, adjusted_p }, rules) }
  })
}

/** The smallest p-value of the sign-flip test, before any adjustment: that of blocks which all differ the same way. */
export function smallestRawP(blocks: number): number {
  return 2 ** (1 - blocks)
}

/**
 * The smallest adjusted p-values that a number of blocks can give, if only one of `metrics` metrics differs: the primary
 * one, one of the others, or one of the others besides the primary one, which then leaves it its weight. Above alpha, no
 * difference of the metric can be claimed.
 */
export function smallestP(
  blocks: number,
  metrics: number,
): { readonly primary: number; readonly others: number; readonly beside_primary: number } {
  const least = smallestRawP(blocks)
  const others = Math.max(1, metrics - 1)
  return {
    primary: Math.min(1, metrics > 1 ? 2 * least : least),
    others: Math.min(1, 2 * others * least),
    beside_primary: Math.min(1, others * least),
  }
}

/** The minimum number of blocks with which the smallest such p-value is at most `alpha`. */
export function blocksNeeded(
  of: keyof ReturnType<typeof smallestP>,
  metrics: number,
  alpha: number,
): number {
  let blocks = 1
  while (smallestP(blocks, metrics)[of] > alpha) blocks++
  return blocks
}

type Unadjusted = Omit<BlockComparison, 'verdict' | 'adjusted_p'>

function compareMetric({ name, a, b }: BlockMetric): Unadjusted {
  const ratios = ratiosOf(a, b)
  if (ratios === null)
    return { name, ratio: null, interval: null, p: null, ratios: [], outliers: [] }
  const logs = ratios.map(Math.log)
  const interval = medianInterval(logs)
  return {
    name,
    ratio: Math.exp(median(logs)),
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
    p: signFlipP(logs),
    ratios,
    outliers: outlying(logs),
  }
}

/** `null` unless both sides have a positive figure in every block: leaving out blocks would bias the result. */
function ratiosOf(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
): readonly number[] | null {
  if (a.length === 0 || a.length !== b.length) return null
  const ratios = a.map((time, block) => (b[block] ?? Number.NaN) / (time ?? Number.NaN))
  return ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio)) ? ratios : null
}

function verdictOf(
  { name, ratio, interval, adjusted_p }: Omit<BlockComparison, 'verdict'>,
  { margin, alpha, noise }: BlockRules,
): BlockVerdict {
  if (ratio === null || adjusted_p === null) return 'not_measurable'
  if (interval === null) return 'inconclusive'
  const within = (value: number) => value <= 1 + margin && value >= 1 / (1 + margin)
  if (adjusted_p <= alpha && !within(ratio)) {
    const floor = noise === undefined ? 1 : noise.get(name)
    if (interval.low > 1) return beyond(floor, ratio, 'a_faster')
    if (interval.high < 1) return beyond(floor, 1 / ratio, 'b_faster')
  }
  return within(interval.low) && within(interval.high) ? 'equivalent' : 'inconclusive'
}

/** The verdict, if the ratio of the slower to the faster side is beyond the noise floor. */
function beyond(
  floor: number | undefined,
  ratio: number,
  verdict: 'a_faster' | 'b_faster',
): BlockVerdict {
  if (floor === undefined) return 'inconclusive'
  return ratio > floor ? verdict : 'within_noise'
}
