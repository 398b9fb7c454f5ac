import { OPERATION_KINDS, type PerKind } from '../../results/operation-kinds.ts'
import { monthlyCost } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { perStore, type StoreName } from '../terms/stores.ts'
import type { Evidence } from './evidence.ts'
import type { Scenario } from './scenarios.ts'
import { shopInputs } from './shop-inputs.ts'

/** A part of a shop that can be stored in either database, and the cheaper one. */
export interface ShopPart {
  readonly part: keyof typeof VISITS | 'all_three'
  /** `null` where a cost cannot be computed. */
  readonly store: StoreName | null
  /** Monthly cost of the database alone; `null` where it cannot be computed. */
  readonly database_cost: Readonly<Record<StoreName, number | null>>
}

/** The load of each part, as cart operations per visit: the measured operations that resemble it most. */
const VISITS = {
  carts: { create_cart: 1, add_items: 4, get_cart: 5 },
  /** A small item that is read and rewritten with each of 10 pages per visit. */
  sessions: { create_cart: 1, add_items: 10, get_cart: 10 },
  /** A list of carts in every fifth visit. */
  order_history: { list_carts: 0.2 },
} as const satisfies Readonly<Record<string, PerKind>>

const { carts, sessions, order_history } = VISITS

const PARTS: readonly (readonly [ShopPart['part'], PerKind])[] = [
  ['carts', carts],
  ['sessions', sessions],
  ['order_history', order_history],
  ['all_three', sumOf([carts, sessions, order_history])],
]

/**
 * The parts of a shop at the traffic of `scenario`: each priced alone, and all of them on one database. The cost of the
 * service, which is the same for both stores, is left out.
 */
export function oneShop(evidence: Evidence, prices: Prices, scenario: Scenario): ShopPart[] {
  return PARTS.map(([part, visit]) => {
    const inputs = shopInputs(evidence, { ...scenario, visit })
    const database_cost = perStore((store) => monthlyCost(store, inputs, prices).database_total)
    return { part, store: cheaper(database_cost), database_cost }
  })
}

function cheaper({ postgres, dynamodb }: ShopPart['database_cost']): StoreName | null {
  if (postgres === null || dynamodb === null) return null
  return postgres <= dynamodb ? 'postgres' : 'dynamodb'
}

function sumOf(visits: readonly PerKind[]): PerKind {
  const sums = OPERATION_KINDS.map(
    (kind) => [kind, visits.reduce((sum, visit) => sum + (visit[kind] ?? 0), 0)] as const,
  )
  return Object.fromEntries(sums)
}
