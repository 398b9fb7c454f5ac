import type { Decision } from '../../model/decide/decide.ts'
import { STORE_NAMES } from '../../model/terms/stores.ts'
import { amount } from '../amounts.ts'
import { money, quantity } from '../format.ts'
import {
  type Content,
  details,
  type Figure,
  items,
  note,
  type Prose,
  type Section,
} from '../model.ts'
import { costPlot } from '../plots/cost-plot.ts'
import { from, sourceOf } from '../sources.ts'
import { titleOf } from './advice-table.ts'
import { notMeasured, type StorePlaces } from './content.ts'

/** Monthly cost against traffic, and where the cheaper store changes. */
export function costSection({ cost, prices }: Decision, places: StorePlaces): Section {
  const known = cost.missing.length === 0
  return {
    id: 'cost',
    title: 'Cost per month (modelled)',
    short: 'Monthly cost',
    chapter: 'Choice',
    contents: known
      ? [
          {
            kind: 'plots',
            legend: false,
            plots: [
              {
                title: 'Monthly cost by traffic (modelled)',
                draw: () => costPlot(cost, prices, places, 'panel'),
                drawWide: () => costPlot(cost, prices, places, 'page'),
              },
            ],
          },
          ...crossingContents(cost.crossings, prices.currency),
          note(
            `Service and database together, modelled from the measured CPU and capacity units of single operations, for visits as in "${titleOf(cost.scenario)}". DynamoDB bills capacity units: one for a write of up to 1 KB, one for a strong read of up to 4 KB, half of one for an eventual read. PostgreSQL is sized for the peak; it reaches its limit where no instance is large enough or its write-ahead log exceeds the bandwidth of the storage (under the assumptions of the simulation below). Prices ${prices.label}, collected ${prices.collected}, ${prices.region}, ${prices.currency}; --prices replaces them with your own file.`,
          ),
        ]
      : [notMeasured('The cost is unknown', cost.missing)],
  }
}

/** More crossings are summarised in one sentence and listed on request. */
const FEW_CROSSINGS = 5

type Crossing = Decision['cost']['crossings'][number]

function crossingContents(crossings: readonly Crossing[], currency: string): Content[] {
  const [first, last] = [crossings[0], crossings.at(-1)]
  if (first === undefined || last === undefined)
    return [items([['One store costs less over the whole range: the curves do not cross.']])]
  const sentences = crossings.map((_, place) => crossingProse(crossings, place, currency))
  if (crossings.length <= FEW_CROSSINGS) return [items(sentences)]
  return [
    items([
      [
        'Below ',
        rateFigure(first, 0),
        ` operations per second on average, ${STORE_NAMES[first.below]} costs less.`,
      ],
      [
        'From there to ',
        rateFigure(last, crossings.length - 1),
        ` operations per second, the cheaper store changes ${crossings.length - 2} more times, as instances and tasks are added in steps. The longest part: ${longest(crossings)}.`,
      ],
      ...sentences.slice(-1),
    ]),
    details('Every crossing', items(sentences)),
  ]
}

/** The part between two crossings that is longest as a ratio of traffic. */
function longest(crossings: readonly Crossing[]): string {
  const length = (place: number) => (crossings[place + 1]?.at ?? 0) / (crossings[place]?.at ?? 1)
  const [place = 0] = crossings.map((_, index) => index).toSorted((a, b) => length(b) - length(a))
  const [from, to] = crossings.slice(place)
  if (from === undefined || to === undefined) return ''
  return `${STORE_NAMES[from.above]} costs less from ${amount(from.at)} to ${amount(to.at)}`
}

function crossingProse(crossings: readonly Crossing[], place: number, currency: string): Prose {
  const [crossing, next] = crossings.slice(place)
  if (crossing === undefined) return []
  const { above, below, kind, costs } = crossing
  const bill = Math.min(costs.postgres ?? Infinity, costs.dynamodb ?? Infinity)
  const words =
    kind === 'end'
      ? `only ${STORE_NAMES[above]} serves the load: no instance is large enough for the single writer of ${STORE_NAMES[below]}`
      : `${STORE_NAMES[above]} costs less`
  return [
    next === undefined ? 'Above ' : 'From ',
    rateFigure(crossing, place),
    ...(next === undefined ? [] : [' to ', rateFigure(next, place + 1)]),
    ` operations per second on average, ${words} (`,
    from(sourceOf.model(above), money(`modelled.crossing_bill.${place}`, bill, currency)),
    ' per month there).',
  ]
}

function rateFigure({ at, above }: Crossing, place: number): Figure {
  return from(sourceOf.model(above), quantity(`modelled.crossing.${place}`, at, ''))
}
