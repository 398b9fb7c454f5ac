/**
 * The p-th percentile by the nearest-rank definition: the smallest value such that at least p % of all
 * values are no larger than it. It is always a value that was measured, never an interpolated one, and
 * with 50 values P99 is the largest.
 *
 * @param sorted ascending, at least one value; RangeError otherwise
 * @param p      0 (the smallest value) to 100 (the largest); RangeError otherwise
 */
export function percentile(sorted: readonly number[], p: number): number {
  if (!(p >= 0 && p <= 100)) throw new RangeError(`percentile ${p} is not within 0-100`)
  // Multiplied first: 7 / 100 * 100 is 7.000000000000001, which would round up to rank 8.
  const rank = Math.max(1, Math.ceil((p * sorted.length) / 100))
  const value = sorted[rank - 1]
  if (value === undefined) throw new RangeError('there is no percentile of no values')
  return value
}
