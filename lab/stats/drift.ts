import { median } from './median.ts'
import { trendP } from './trend.ts'

/** Trend of a figure from the first block to the last. */
export interface Drift {
  /** Change over the whole run as a share of the median: 0.1 is 10 % up. */
  readonly change: number
  /** Two-sided p-value of the hypothesis that there is no trend. */
  readonly p: number
}

/**
 * The trend of a figure of one side over the blocks: Theil and Sen's slope (the median of the slopes of all pairs of
 * blocks, robust against single blocks) and the Mann-Kendall test.
 *
 * @returns `null` with fewer than 4 blocks, which show no trend, or a median of 0
 */
export function driftOf(values: readonly number[]): Drift | null {
  const n = values.length
  const middle = n < 4 ? 0 : median(values)
  if (middle === 0) return null
  const slopes = values.flatMap((value, later) =>
    values.slice(0, later).map((before, earlier) => (value - before) / (later - earlier)),
  )
  return { change: (median(slopes) * (n - 1)) / middle, p: trendP(values) }
}
