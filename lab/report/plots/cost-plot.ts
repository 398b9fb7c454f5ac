import type { Prices } from '../../model/cost/prices.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { STORE_NAMES, type StoreName } from '../../model/terms/stores.ts'
import { amount, money } from '../amounts.ts'
import { logLogPlot } from './log-log-plot.ts'
import type { Room } from './room.ts'

/** Seconds of a day. */
const DAY_S = 86_400
/** Of more crossings only the first and the last are pointed out: those between lie close together. */
const FEW = 3

/** Monthly cost of both stores against traffic, with the crossings pointed out. */
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
      x: `requests a second on average (1 is ${amount(DAY_S / operations)} visits a day)`,
      y: `${currency} a month`,
      lines,
      marks: shown.flatMap(({ at, costs, kind }) => {
        const bill = Math.min(costs.postgres ?? Infinity, costs.dynamodb ?? Infinity)
        if (kind === 'end' || !Number.isFinite(bill)) return []
        return [
          { at: [at, bill] as const, text: `${amount(at)} a second: ${money(bill, currency)}` },
        ]
      }),
      horizontal: null,
      names: 'ends',
      warning: 'modelled; prices published by third parties',
    },
    room,
  )
}
