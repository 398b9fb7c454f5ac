import { STORE_NAMES, type StoreName } from '../../model/cost/monthly-cost.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { money, quantity } from '../format.ts'
import type { Content, Figure, Prose, Section } from '../model.ts'
import { costPlot } from '../plots/cost-plot.ts'
import { from, sourceOf } from '../sources.ts'
import { items, missing, type StorePlaces } from './content.ts'

/** Monthly cost against traffic, and where the cheaper store changes. */
export function costSection({ cost, prices }: Decision, places: StorePlaces): Section {
  const known = cost.missing.length === 0
  return {
    id: 'cost',
    title: 'What it costs a month (modelled)',
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
          {
            kind: 'note',
            text: `Service and database together. Modelled from the measured capacity units and CPU of single requests, for visits as in "${cost.scenario.title}". Capacity units are what DynamoDB bills: one for a write of up to 1 KB, one for a strong read of up to 4 KB, half of one for an eventual read. PostgreSQL is sized for the peak, and ends where no instance is large enough or its log is full (by the assumptions of the simulation below). Prices ${prices.label}, collected ${prices.collected}, ${prices.region}, ${prices.currency}: from one file, which --prices replaces.`,
          },
        ]
      : [missing('No cost can be told', cost.missing)],
  }
}

/** More crossings than this are told in one sentence, and one by one only when asked for. */
const FEW_CROSSINGS = 3

type Crossing = Decision['cost']['crossings'][number]

function crossingContents(crossings: readonly Crossing[], currency: string): Content[] {
  const [first, last] = [crossings[0], crossings.at(-1)]
  if (first === undefined || last === undefined)
    return [items([['One store costs less over the whole range: the curves do not cross.']])]
  const sentences = crossings.map((crossing, place) => crossingProse(crossing, place, currency))
  if (crossings.length <= FEW_CROSSINGS) return [items(sentences)]
  return [
    items([
      [
        'Below ',
        rateFigure(first, 0),
        ` requests a second on average ${STORE_NAMES[storeOf(first.below)]} costs less.`,
      ],
      [
        'From there to ',
        rateFigure(last, crossings.length - 1),
        ` the cheaper one changes ${crossings.length} times, as instances and tasks grow in steps: the two are close there.`,
      ],
      ...sentences.slice(-1),
    ]),
    { kind: 'details', summary: 'Every crossing', contents: [items(sentences)] },
  ]
}

function crossingProse(crossing: Crossing, place: number, currency: string): Prose {
  const { above, kind, a, b } = crossing
  const bill = Math.min(a ?? Number.POSITIVE_INFINITY, b ?? Number.POSITIVE_INFINITY)
  const words =
    kind === 'end' ? 'is what is left: the one writer of the other has found its end' : 'costs less'
  return [
    'Above ',
    rateFigure(crossing, place),
    ` requests a second on average ${STORE_NAMES[storeOf(above)]} ${words} (there `,
    from(sourceOf.model(storeOf(above)), money(`modelled.crossing_bill.${place}`, bill, currency)),
    ' a month).',
  ]
}

function rateFigure({ at, above }: Crossing, place: number): Figure {
  return from(sourceOf.model(storeOf(above)), quantity(`modelled.crossing.${place}`, at, ''))
}

function storeOf(side: 'a' | 'b'): StoreName {
  return side === 'a' ? 'postgres' : 'dynamodb'
}
