/**
 * Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979): however many of the tests are of
 * things that do not differ, the chance that any of those comes out at `alpha` or less is at most `alpha`.
 *
 * @param pValues one per test
 * @returns the adjusted p-values in the same order, each 0-1
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, place) => ({ p, place })).sort((a, b) => a.p - b.p)
  const adjusted = pValues.map(() => 1)
  let largest = 0
  for (const [rank, { p, place }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)))
    adjusted[place] = largest
  }
  return adjusted
}
