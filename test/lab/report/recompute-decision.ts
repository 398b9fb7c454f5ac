import { readPrices } from '../../../lab/cost/read-prices.ts'
import { decide } from '../../../lab/evidence/decide.ts'
import type { ComparisonParts } from '../../../lab/results/comparison-file.ts'

/**
 * Modelled and simulated figures of a report, by the model itself: `test/lab/cost` and `test/lab/simulate` check that. What is
 * checked here is that each stands where it belongs, and as it is.
 */
export function recomputeDecision(parts: ComparisonParts): Map<string, number | null> {
  const { advice, cost, limits } = decide(parts, readPrices())
  return new Map([
    ...advice.flatMap(({ scenario, ...standings }) =>
      (['postgres', 'dynamodb'] as const).map(
        (store) => [`modelled.${scenario.id}.${store}`, standings[store].cost.total] as const,
      ),
    ),
    ...cost.crossings.flatMap(({ at, a, b }, place) => [
      [`modelled.crossing.${place}`, at] as const,
      [`modelled.crossing_bill.${place}`, Math.min(a ?? Infinity, b ?? Infinity)] as const,
    ]),
    ...limits.curves.map(
      ({ sweep }, place) => [`simulated.most_shoppers.${place}`, sweep.most_shoppers] as const,
    ),
  ])
}
