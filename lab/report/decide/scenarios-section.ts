import { STORE_NAMES, type StoreName } from '../../model/cost/monthly-cost.ts'
import type { Advice } from '../../model/decide/advise.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { list } from '../../model/decide/words.ts'
import { capital, money } from '../format.ts'
import {
  type Cell,
  type Content,
  type Prose,
  proseCell,
  type Row,
  type Section,
  text,
} from '../model.ts'
import { recorded } from '../record-links.ts'
import { from, sourceOf } from '../sources.ts'
import { heading, items, STORES, type StorePlaces } from './content.ts'
import { modelled } from './modelled.ts'

/** A recommendation for shops of several sizes, with what it rests on and what would change it. */
export function scenariosSection(decision: Decision, places: StorePlaces): Section {
  const { advice, one_shop } = decision
  const choose = whenToChoose(decision)
  return {
    id: 'scenarios',
    title: 'Which store for which shop',
    chapter: 'Choice',
    contents: [
      { kind: 'table', table: adviceTable(decision, places) },
      ...advice.map(adviceDetails),
      ...(choose.length === 0 ? [] : [heading('When to choose which'), items(choose)]),
      heading(`Both in one shop, at the traffic of "${decision.cost.scenario.title}"`),
      items(one_shop.map(({ text: sentence }) => modelled(sentence))),
    ],
  }
}

function adviceTable({ advice, prices }: Decision, places: StorePlaces) {
  const undecided = advice.every(({ choice }) => choice === 'undecided')
  return {
    id: 'advice',
    caption: 'Service and database, a month (modelled)',
    columns: [
      { text: 'Shop' },
      { text: 'Choose' },
      ...STORES.map((store) => ({
        text: STORE_NAMES[store],
        side: places[store],
        numeric: true,
      })),
    ],
    rows: advice.map(
      (one): Row => ({
        cells: [
          text(one.scenario.title),
          choiceCell(one, places),
          ...STORES.map((store) => costCell(one, store, prices.currency)),
        ],
      }),
    ),
    notes: undecided
      ? ['This run does not measure all that a choice needs: below is what is missing.']
      : [],
  }
}

const CHOICES: Readonly<Record<Exclude<Advice['choice'], StoreName>, string>> = {
  either: 'either: too close to tell',
  neither: 'neither serves it',
  undecided: 'cannot be told',
}

function choiceCell({ choice }: Advice, places: StorePlaces): Cell {
  return choice === 'postgres' || choice === 'dynamodb'
    ? text(STORE_NAMES[choice], places[choice])
    : text(CHOICES[choice])
}

function costCell({ scenario, ...standings }: Advice, store: StoreName, currency: string): Cell {
  const { fitness, cost } = standings[store]
  if (cost.total === null) return text(fitness === 'unfit' ? 'would not serve it' : 'not known')
  const figure = from(
    sourceOf.model(store),
    money(`modelled.${scenario.id}.${store}`, cost.total, currency),
  )
  return fitness === 'unfit' ? proseCell([figure, ', would not serve it']) : figure
}

function adviceDetails({ scenario, headline, reasons, would_change }: Advice): Content {
  const records = [...new Set(reasons.flatMap((reason) => reason.records))]
  return {
    kind: 'details',
    summary: `Why, and what would change it: ${scenario.title.split(':')[0]}`,
    contents: [
      { kind: 'prose', prose: recorded(headline, records) },
      items(
        reasons.map(({ basis, text: words, records: own }) => {
          const sentence = `${capital(basis)}: ${words}`
          if (basis === 'assumed') return [sentence]
          return own.length > 0 ? recorded(sentence, own) : modelled(sentence)
        }),
      ),
      { kind: 'prose', prose: ['What would change it:'] },
      items(would_change.map(modelled)),
      { kind: 'note', text: `Assumed: ${list(scenario.assumptions)}.` },
    ],
  }
}

/** What the scenarios themselves say is not said twice. */
function whenToChoose({ advice, when_to_choose }: Decision): Prose[] {
  const said = new Set(advice.map(({ scenario, headline }) => `${scenario.title}. ${headline}`))
  return STORES.flatMap((store) =>
    when_to_choose[store]
      .filter((sentence) => !said.has(sentence))
      .map((sentence) => modelled(`${STORE_NAMES[store]}: ${sentence}`)),
  )
}
