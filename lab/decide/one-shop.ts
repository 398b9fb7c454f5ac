import type { PerKind } from '../cost/inputs.ts'
import { monthlyCost, STORE_NAMES, type StoreName } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { OPERATION_KINDS } from '../results/operation-kinds.ts'
import type { Evidence } from './evidence.ts'
import { costInputs } from './model-inputs.ts'
import { demandOf, type Scenario } from './scenarios.ts'
import { money } from './words.ts'

/** A part of a shop, and where it is better kept. */
export interface ShopPart {
  readonly part: 'carts' | 'sessions' | 'catalog' | 'order history' | 'all three'
  /** `null` where these runs say nothing. */
  readonly store: StoreName | null
  /** What it costs a month beside what the service costs anyway; `null` where it cannot be computed. */
  readonly database_cost: Readonly<Record<StoreName, number | null>>
  readonly text: string
}

/** What a part asks of a database, in operations of a cart for each visit. */
interface Shape {
  readonly part: ShopPart['part']
  readonly visit: PerKind
  readonly like: string
}

const SHAPES: readonly Shape[] = [
  { part: 'carts', visit: { create_cart: 1, add_items: 4, get_cart: 5 }, like: 'as measured' },
  {
    part: 'sessions',
    visit: { create_cart: 1, add_items: 10, get_cart: 10 },
    like: 'as a small item that is read and rewritten with every page, 10 a visit',
  },
  {
    part: 'order history',
    visit: { list_carts: 0.2 },
    like: 'as a list of carts in every fifth visit',
  },
]

/** One PostgreSQL serves them all, where each by itself would have an instance of its own. */
const TOGETHER: Shape = {
  part: 'all three',
  visit: SHAPES.reduce<PerKind>(
    (sum, { visit }) =>
      Object.fromEntries(
        OPERATION_KINDS.map((kind) => [kind, (sum[kind] ?? 0) + (visit[kind] ?? 0)]),
      ),
    {},
  ),
  like: 'on one database: an instance of PostgreSQL that is there for one of them has room for others',
}

/**
 * How both stores serve in one shop: each part priced by itself with the measured operations that are most like
 * its own, at the traffic of `scenario`, and all of them on one database. A part goes to the database that is cheaper for it; what
 * is the same for both is left out.
 */
export function oneShop(evidence: Evidence, prices: Prices, scenario: Scenario): ShopPart[] {
  const priced = [...SHAPES, TOGETHER].map(({ part, visit, like }) => {
    const cost = (store: StoreName) => databaseCost(store, evidence, prices, { ...scenario, visit })
    const database_cost = { postgres: cost('postgres'), dynamodb: cost('dynamodb') }
    return { part, database_cost, ...verdict(part, like, database_cost, prices.currency) }
  })
  return [...priced, catalog()]
}

function verdict(
  part: string,
  like: string,
  { postgres, dynamodb }: ShopPart['database_cost'],
  currency: string,
): Pick<ShopPart, 'store' | 'text'> {
  if (postgres === null || dynamodb === null)
    return {
      store: null,
      text: `No choice for ${part} (${like}): not all of its operations were measured.`,
    }
  const store = postgres <= dynamodb ? 'postgres' : 'dynamodb'
  const [less, more] = [Math.min(postgres, dynamodb), Math.max(postgres, dynamodb)]
  return {
    store,
    text: `${STORE_NAMES[store]} for ${part} (${like}): its database costs ${money(less, currency)} a month against ${money(more, currency)} (modelled).`,
  }
}

function catalog(): ShopPart {
  return {
    part: 'catalog',
    store: null,
    database_cost: { postgres: null, dynamodb: null },
    text: 'No choice for catalog: the service keeps products in memory on both stores, so these runs say nothing. What is asked of a catalog beyond a product by its id (names, categories, joins) is what SQL does and a key-value table needs an index for, each.',
  }
}

function databaseCost(
  store: StoreName,
  evidence: Evidence,
  prices: Prices,
  scenario: Scenario,
): number | null {
  const inputs = costInputs(evidence, { ...demandOf(scenario), deployment: scenario.deployment })
  const { total, billed } = monthlyCost(store, inputs, prices)
  if (total === null) return null
  return billed
    .filter(({ id }) => id.startsWith(`${store}.`))
    .reduce((sum, { value }) => sum + value, 0)
}
