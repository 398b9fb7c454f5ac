import type { Interval } from './bootstrap.ts'
import { holm } from './holm.ts'
import { median } from './median.ts'
import { medianInterval } from './median-interval.ts'
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
 * - `inconclusive`: neither, or fewer than six blocks; more would be needed
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
  /** Its 95 % bootstrap interval; `null` also with fewer than six blocks, which have none. */
  readonly interval: Interval | null
  /** Of the sign-flip test, before and after Holm's correction over all metrics compared. */
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

/**
 * Compares every metric; the order of the result is that of `metrics`.
 *
 * @param primary the one of them that the comparison is about, decided before anything was measured: it has half the
 *   weight in Holm's correction, all others together the other half
 */
export function compareBlocks(
  metrics: readonly BlockMetric[],
  rules: BlockRules = BLOCK_RULES,
  primary: BlockMetric | null = null,
): BlockComparison[] {
  const measured = metrics.map(measure)
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

/**
 * The smallest adjusted p-values that so many blocks can give to one of `metrics` figures whose others do not differ:
 * to the primary one, to any of the rest, and to any of the rest where the primary one does differ and leaves them its
 * weight. Above alpha, no difference of it can be claimed.
 */
export function smallestP(
  blocks: number,
  metrics: number,
): { readonly primary: number; readonly others: number; readonly beside_primary: number } {
  const least = 2 ** (1 - blocks)
  const others = Math.max(1, metrics - 1)
  return {
    primary: Math.min(1, metrics > 1 ? 2 * least : least),
    others: Math.min(1, 2 * others * least),
    beside_primary: Math.min(1, others * least),
  }
}

/** How many blocks bring the smallest of these p-values down to `alpha`. */
export function blocksNeeded(
  of: keyof ReturnType<typeof smallestP>,
  metrics: number,
  alpha: number,
): number {
  let blocks = 1
  while (smallestP(blocks, metrics)[of] > alpha) blocks++
  return blocks
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
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
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
  if (ratio === null || adjusted_p === null) return 'not_measurable'
  if (interval === null) return 'inconclusive'
  const within = (value: number) => value <= 1 + margin && value >= 1 / (1 + margin)
  if (adjusted_p <= alpha && !within(ratio)) {
    if (interval.low > 1) return 'a_faster'
    if (interval.high < 1) return 'b_faster'
  }
  return within(interval.low) && within(interval.high) ? 'equivalent' : 'inconclusive'
}
