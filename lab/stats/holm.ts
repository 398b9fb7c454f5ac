/**
 * Holm's step-down adjustment with weights (Scandinavian Journal of Statistics 6, 1979). The probability that any test
 * without a difference gets an adjusted p-value of at most `alpha` is at most `alpha`. A test with twice the weight
 * tolerates twice the p-value.
 *
 * @param pValues one per test
 * @param weights one per test, positive; equal by default
 * @returns the adjusted p-values in the same order, each 0-1
 */
export function holm(
  pValues: readonly number[],
  weights: readonly number[] = pValues.map(() => 1),
): number[] {
  const tests = pValues.map((p, place) => ({ p, place, weight: weights[place] ?? 1 }))
  const ascending = tests.sort((a, b) => a.p / a.weight - b.p / b.weight)
  const adjusted = pValues.map(() => 1)
  let left = tests.reduce((sum, { weight }) => sum + weight, 0)
  let largest = 0
  for (const { p, place, weight } of ascending) {
    largest = Math.max(largest, Math.min(1, (p * left) / weight))
    adjusted[place] = largest
    left -= weight
  }
  return adjusted
}
