import { STORE_NAMES, type StoreName } from '../../cost/monthly-cost.ts'
import type { Prices } from '../../cost/prices.ts'
import type { Decision } from '../../evidence/decide.ts'
import { logLogPlot } from './log-log-plot.ts'

/** Monthly cost of both stores against traffic, with the crossings as vertical lines. */
export function costPlot(
  cost: Decision['cost'],
  { currency }: Pick<Prices, 'currency'>,
  places: Readonly<Record<StoreName, number>>,
): string {
  const lines = (['postgres', 'dynamodb'] as const).map((store) => ({
    name: STORE_NAMES[store],
    place: places[store],
    points: cost.points.flatMap((point): [number, number][] => {
      const bill = point[store]
      return bill === null || bill <= 0 ? [] : [[point.rate, bill]]
    }),
  }))
  return logLogPlot({
    id: 'cost-curve',
    title: 'Monthly cost by traffic',
    x: 'operations a second, monthly average',
    y: `${currency} a month`,
    lines,
    marks: cost.crossings.map(({ at }) => at),
    horizontal: null,
    warning: 'modelled; prices published by third parties',
  })
}
