import { readPrices } from '../../src/model/cost/read-prices.ts'
import { decide } from '../../src/model/decide/decide.ts'
import type { ComparisonParts } from '../../src/results/comparison-file.ts'

/**
 * Modelled and simulated figures of a report, computed by the model, which has separate tests. Here they check that the
 * report shows each figure in its place, unchanged.
 */
export function recomputeDecision(parts: ComparisonParts): Map<string, number | null> {
  const { advice, cost, limits, focus, options } = decide(parts, readPrices())
  return new Map([
    ...advice.flatMap(({ scenario, standings }) =>
      (['postgres', 'dynamodb'] as const).map(
        (store) => [`modelled.${scenario.id}.${store}`, standings[store].cost.total] as const,
      ),
    ),
    ...focus.sensitivity.flatMap(({ costs }, place) =>
      (['postgres', 'dynamodb'] as const).map(
        (store) => [`modelled.variation.${place}.${store}`, costs[store]] as const,
      ),
    ),
    ...options.map(({ id, total }) => [`modelled.option.${id}`, total] as const),
    ...cost.crossings.flatMap(({ at, costs }, place) => [
      [`modelled.crossing.${place}`, at] as const,
      [
        `modelled.crossing_bill.${place}`,
        Math.min(costs.postgres ?? Infinity, costs.dynamodb ?? Infinity),
      ] as const,
    ]),
    ...limits.curves.flatMap(({ sweep, range }, place) => [
      [`simulated.most_shoppers.${place}`, sweep.most_shoppers] as const,
      [`simulated.fewest_shoppers.${place}`, range?.low ?? null] as const,
      [`simulated.top_shoppers.${place}`, range?.high ?? null] as const,
    ]),
  ])
}
