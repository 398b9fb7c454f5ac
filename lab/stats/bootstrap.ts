import { normalCdf, studentQuantile975 } from './normal.ts'

/** A closed interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** Number of bootstrap resamples. */
export const RESAMPLES = 4000

/**
 * With fewer values there is no 95 % interval of a median: even the range of five values contains the true median with
 * a probability of only 1 - 2 / 2^5 = 94 %.
 */
export const LEAST_VALUES = 6

/**
 * The 95 % interval of a statistic from its resampled values: the expanded percentile interval (Hesterberg, What Teachers
 * Should Know About the Bootstrap, The American Statistician 69, 2015). The plain percentile interval is too narrow for
 * small samples: for the median of ten values it contained the true median in 90 to 92 % of simulated samples, the
 * expanded interval in 95 to 97 %.
 *
 * @param resampled sorted in place
 * @param n size of the sample
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
