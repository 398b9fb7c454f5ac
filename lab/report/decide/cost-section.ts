import { STORE_NAMES } from '../../cost/monthly-cost.ts'
import { amount, money } from '../../decide/words.ts'
import type { Decision } from '../../evidence/decide.ts'
import type { Content, Prose, Section } from '../model.ts'
import { costPlot } from '../plots/cost-plot.ts'
import { items, missing, type StorePlaces } from './content.ts'

/** Monthly cost against traffic, and where the cheaper store changes. */
export function costSection({ cost, prices }: Decision, places: StorePlaces): Section {
  const known = cost.missing.length === 0
  const crossings = cost.crossings.map(({ at, above, kind, a, b }): Prose => {
    const bill = Math.min(a ?? Number.POSITIVE_INFINITY, b ?? Number.POSITIVE_INFINITY)
    const words =
      kind === 'end' ? 'is what is left: the other has no larger instance' : 'costs less'
    return [
      `Above ${amount(at)} operations a second on average ${storeOf(above)} ${words} (there ${money(bill, prices.currency)} a month).`,
    ]
  })
  return {
    id: 'cost',
    title: 'What it costs a month (modelled)',
    contents: known
      ? [
          {
            kind: 'plots',
            legend: false,
            plots: [
              { title: 'Monthly cost by traffic', draw: () => costPlot(cost, prices, places) },
            ],
          },
          ...crossingContents(cost.crossings, crossings),
          {
            kind: 'note',
            text: `Modelled from the measured units and CPU per operation, for visits as in "${cost.scenario.title}". Prices ${prices.label}, collected ${prices.collected}, ${prices.region}, ${prices.currency}: one file, which you can replace.`,
          },
        ]
      : [missing('No cost can be told', cost.missing)],
  }
}

/** More crossings than this are told in one sentence, and one by one only when asked for. */
const FEW_CROSSINGS = 3

function crossingContents(
  crossings: Decision['cost']['crossings'],
  sentences: readonly Prose[],
): Content[] {
  const [first, last] = [crossings[0], crossings.at(-1)]
  if (first === undefined || last === undefined)
    return [items([['One store costs less over the whole range: the curves do not cross.']])]
  if (crossings.length <= FEW_CROSSINGS) return [items(sentences)]
  const span = `${amount(first.at)} to ${amount(last.at)}`
  return [
    items([
      [
        `Below ${amount(first.at)} operations a second on average ${storeOf(first.below)} costs less.`,
      ],
      [
        `From ${span} the cheaper one changes ${crossings.length} times, as instances and tasks grow in steps: the two are close there.`,
      ],
      ...sentences.slice(-1),
    ]),
    { kind: 'details', summary: 'Every crossing', contents: [items(sentences)] },
  ]
}

function storeOf(side: 'a' | 'b'): string {
  return STORE_NAMES[side === 'a' ? 'postgres' : 'dynamodb']
}
