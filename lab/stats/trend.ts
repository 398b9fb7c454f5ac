import { normalCdf } from './normal.ts'

/**
 * The Mann-Kendall test of a series against a trend (Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods): how many
 * later values are above earlier ones, less how many are below. Only the order of the values counts, so single ones
 * far off do not carry it. By the normal approximation with corrections for continuity and for equal values.
 *
 * @returns the two-sided p-value of there being no trend; 1 for values that are all alike
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

/** How many values there are of each. */
function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>()
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1)
  return [...sizes.values()]
}
