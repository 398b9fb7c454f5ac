/**
 * The p-th percentile by nearest rank: the smallest value that is at least as large as p % of all values. It is always
 * a measured value, never interpolated; of 50 values, P99 is the largest.
 *
 * @param sorted ascending, at least one value
 * @param p 0 (the smallest value) to 100 (the largest)
 * @throws RangeError for no values or another p
 */
export function percentile(sorted: readonly number[], p: number): number {
  if (!(p >= 0 && p <= 100)) throw new RangeError(`percentile ${p} is not within 0-100`)
  // Multiplied first: 7 / 100 * 100 is 7.000000000000001, which would round up to rank 8.
  const rank = Math.max(1, Math.ceil((p * sorted.length) / 100))
  const value = sorted[rank - 1]
  if (value === undefined) throw new RangeError('there is no percentile of no values')
  return value
}
