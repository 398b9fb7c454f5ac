import type { Prices } from '../../model/cost/prices.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { STORE_NAMES, type StoreName } from '../../model/terms/stores.ts'
import type { Room } from '../../page/plot/frame.ts'
import { logLogPlot } from '../../page/plot/log-log-plot.ts'
import { amount, money } from '../amounts.ts'

/** Seconds per day. */
const DAY_S = 86_400
/** Of more crossings than this, only the first and the last are annotated: those between are close together. */
const FEW = 3

/** Monthly cost of both stores against traffic, with the points where the cheaper store changes. */
export function costPlot(
  cost: Decision['cost'],
  { currency }: Pick<Prices, 'currency'>,
  places: Readonly<Record<StoreName, number>>,
  room: Room,
): string {
  const lines = (['postgres', 'dynamodb'] as const).map((store) => ({
    name: STORE_NAMES[store],
    place: places[store],
    points: cost.points.flatMap((point): [number, number][] => {
      const bill = point[store]
      return bill === null || bill <= 0 ? [] : [[point.rate, bill]]
    }),
  }))
  const { crossings, scenario } = cost
  const shown =
    crossings.length <= FEW ? crossings : [crossings[0], crossings.at(-1)].filter((c) => !!c)
  const operations = Object.values(scenario.visit).reduce((sum, times) => sum + times, 0)
  return logLogPlot(
    {
      id: 'cost-curve',
      title: 'Monthly cost by traffic',
      x: `average requests per second (1/s = ${amount(DAY_S / operations)} visits per day)`,
      y: `${currency} per month`,
      lines,
      marks: shown.flatMap(({ at, costs, kind }) => {
        const bill = Math.min(costs.postgres ?? Infinity, costs.dynamodb ?? Infinity)
        if (kind === 'end' || !Number.isFinite(bill)) return []
        return [{ at: [at, bill] as const, text: `${amount(at)}/s: ${money(bill, currency)}` }]
      }),
      horizontal: null,
      names: 'ends',
      warning: 'modelled; prices published by third parties',
    },
    room,
  )
}
