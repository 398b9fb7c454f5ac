import { normalCdf, studentQuantile975 } from './normal.ts'

/** An interval; both ends belong to it. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** How often values are drawn anew. */
export const RESAMPLES = 4000

/**
 * With fewer values there is no 95 % interval of a median: even from the smallest to the largest of five it holds the true
 * one with a chance of 1 - 2 / 2^5 = 94 % only.
 */
export const LEAST_VALUES = 6

/**
 * The 95 % interval of a statistic by its resampled values: the expanded percentile interval (Hesterberg, What Teachers
 * Should Know About the Bootstrap, The American Statistician 69, 2015). The plain percentile interval is too narrow for
 * small samples: of the median of ten values it held the true one in 90 to 92 % of simulated samples, this one in 95 to
 * 97 %.
 *
 * @param resampled sorted in place
 * @param n values in the sample
 */
export function expandedInterval(resampled: Float64Array, n: number): Interval {
  resampled.sort()
  const tail = normalCdf(-Math.sqrt(n / (n - 1)) * studentQuantile975(n - 1))
  const outside = Math.floor(resampled.length * tail)
  return {
    low: resampled[outside] ?? Number.NaN,
    high: resampled[resampled.length - 1 - outside] ?? Number.NaN,
  }
}
