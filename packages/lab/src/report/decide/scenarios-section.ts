import type { Advice } from '../../model/decide/advise.ts'
import type { Decision } from '../../model/decide/decide.ts'
import type { ShopPart } from '../../model/decide/one-shop.ts'
import { STORE_NAMES, STORES } from '../../model/terms/stores.ts'
import { money as moneyText } from '../amounts.ts'
import {
  type Content,
  details,
  heading,
  items,
  note,
  type Prose,
  paragraph,
  type Section,
  tabular,
} from '../model.ts'
import { recorded } from '../record-links.ts'
import { presetsTable, titleOf } from './advice-table.ts'
import { changeProse, choiceProse, headline, reasons } from './advice-words.ts'
import { modelled, type StorePlaces } from './content.ts'

/** A recommendation for shops of several sizes, with its reasons and what would change it. */
export function scenariosSection(decision: Decision, places: StorePlaces): Section {
  const { advice, one_shop, prices, cost, focus } = decision
  const decided = advice.filter(({ choice }) => choice !== 'undecided')
  return {
    id: 'scenarios',
    title: 'Reasons for each shop',
    short: 'Reasons',
    chapter: 'Choice',
    contents: [
      ...(focus.own ? [tabular(presetsTable(decision, places))] : []),
      ...advice.map((one) => adviceDetails(one, prices)),
      ...(decided.length === 0
        ? []
        : [
            heading('When to choose which'),
            items(decided.map((one) => choiceProse(one, prices.currency))),
          ]),
      heading(`Other data of the same shop, at the traffic of "${titleOf(cost.scenario)}"`),
      items([...one_shop.map((part) => partProse(part, prices.currency)), CATALOG]),
    ],
  }
}

function adviceDetails(advice: Advice, prices: Decision['prices']): Content {
  const { scenario, standings, would_change } = advice
  const records = [...new Set(STORES.flatMap((store) => standings[store].cost_records))]
  return details(
    `${scenario.name}: reasons, and what would change the choice`,
    paragraph(...recorded(headline(advice, prices), records)),
    items(reasons(advice, prices)),
    paragraph('What would change it:'),
    items(would_change.map((change) => changeProse(change, prices.currency))),
    note(`Assumed: ${scenario.assumptions.join('; ')}.`),
  )
}

const PARTS: Readonly<Record<ShopPart['part'], string>> = {
  carts: 'carts (as measured)',
  sessions: 'sessions (a small item that is read and rewritten with each of 10 pages per visit)',
  order_history: 'order history (a list of carts in every fifth visit)',
  all_three:
    'all three on one database (a PostgreSQL instance sized for one has room for the others)',
}

function partProse({ part, store, database_cost }: ShopPart, currency: string): Prose {
  const { postgres, dynamodb } = database_cost
  if (store === null || postgres === null || dynamodb === null)
    return [`No choice for ${PARTS[part]}: not all of its operations were measured.`]
  const bill = (one: number) => moneyText(one, currency)
  return modelled(
    `${STORE_NAMES[store]} for ${PARTS[part]}: per month, the database costs ${bill(postgres)} with PostgreSQL and ${bill(dynamodb)} with DynamoDB (modelled).`,
  )
}

const CATALOG: Prose = [
  'No choice for the catalog: the service keeps products in memory on both stores, so these runs do not measure it. Queries by name or category and joins are what SQL is for; a key-value table needs an index for each of them.',
]
