import { normalCdf } from './normal.ts'

/**
 * The Mann-Kendall test for a trend (Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods): the number of pairs
 * of values that rise minus the number that fall. Only the order of the values counts, so it is robust against
 * outliers. Normal approximation with corrections for continuity and ties.
 *
 * @returns the two-sided p-value of the hypothesis that there is no trend; 1 for equal values
 */
export function trendP(values: readonly number[]): number {
  const n = values.length
  let concordance = 0
  for (const [later, value] of values.entries())
    for (const before of values.slice(0, later)) concordance += Math.sign(value - before)
  const ties = tieSizes(values).reduce((sum, t) => sum + spread(t), 0)
  const deviation = Math.sqrt((spread(n) - ties) / 18)
  if (deviation === 0) return 1
  return 2 * (1 - normalCdf(Math.max(0, Math.abs(concordance) - 1) / deviation))
}

function spread(n: number): number {
  return n * (n - 1) * (2 * n + 5)
}

/** Number of occurrences of each distinct value. */
function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>()
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1)
  return [...sizes.values()]
}
