import { median } from './median.ts'

/** How a figure moved from the first block to the last. */
export interface Drift {
  /** Change over the whole run as a share of the median: 0.1 is 10 % up. */
  readonly change: number
  /** Two-sided p-value of there being no trend. */
  readonly p: number
}

/**
 * The trend of a side's figure over the blocks: Theil and Sen's slope (the median of the slopes of all pairs of
 * blocks, so single blocks do not carry it) and the Mann-Kendall test, by its normal approximation with
 * correction for continuity. `null` with fewer than 4 blocks, which cannot tell a trend, or a median of 0.
 */
export function driftOf(values: readonly number[]): Drift | null {
  const n = values.length
  const middle = n < 4 ? 0 : median(values)
  if (middle === 0) return null
  const slopes: number[] = []
  let concordance = 0
  for (const [later, value] of values.entries())
    for (const [earlier, before] of values.slice(0, later).entries()) {
      slopes.push((value - before) / (later - earlier))
      concordance += Math.sign(value - before)
    }
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const z = Math.max(0, Math.abs(concordance) - 1) / deviation
  return { change: (median(slopes) * (n - 1)) / middle, p: 2 * (1 - normalCdf(z)) }
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.2.17: within 7.5e-8 for z >= 0. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}
