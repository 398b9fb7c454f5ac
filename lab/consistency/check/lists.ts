import type { Operation } from '../../history/operation.ts'
import type { CartView } from './cart-view.ts'
import type { Violation } from './report.ts'
import { violation } from './tally.ts'

export interface ListsOutcome {
  readonly violations: readonly Violation[]
  /** Lists that were held against the creations, by their mode. */
  readonly lists: readonly Operation[]
}

/**
 * Carts listed by customer against carts created: a list shows the customer's carts and no others, and a cart that
 * was created is not left out by every list that follows. An index may lag, so a cart that is only late is none of
 * it, except in a final list.
 */
export function checkLists(
  operations: readonly Operation[],
  views: readonly CartView[],
): ListsOutcome {
  const lists = operations.filter(({ kind, status }) => kind === 'list' && status === 'ok')
  const violations: Violation[] = []
  const owners = new Map<string, string | undefined>()
  const byCustomer = Map.groupBy(lists, ({ customer }) => customer)
  for (const view of views) {
    const created = view.changes.find(({ kind }) => kind === 'create')
    if (created === undefined) continue
    owners.set(view.cart, created.operation.customer)
    const forgotten = findForgotten(view, byCustomer.get(created.operation.customer) ?? [])
    if (forgotten !== undefined) violations.push(forgotten)
  }
  for (const list of lists) {
    const foreign = list.carts?.find(
      ({ cart }) => owners.has(cart) && owners.get(cart) !== list.customer,
    )
    if (foreign === undefined) continue
    const message = `a list of customer ${list.customer} shows a cart of customer ${owners.get(foreign.cart)}`
    violations.push(make('foreign_in_list', foreign.cart, message, [list]))
  }
  return { violations, lists }
}

function findForgotten(view: CartView, lists: readonly Operation[]): Violation | undefined {
  const created = view.changes.find(({ kind }) => kind === 'create')
  const goes = view.changes.find(({ kind }) => kind === 'delete' || kind === 'merge_out')
  if (created === undefined || created.end === Infinity) return undefined
  const due = lists.filter(
    (list) => list.call > created.end && list.return < (goes?.call ?? Infinity),
  )
  const missing = due.findLast(({ carts }) => !carts?.some(({ cart }) => cart === view.cart))
  const last = due.findLast(({ final }) => final === true)
  if (missing === undefined || missing !== last) return undefined
  const message = 'the cart was created and never deleted or merged, and a final list leaves it out'
  return make('missing_from_list', view.cart, message, [created.operation, missing])
}

function make(
  anomaly: 'missing_from_list' | 'foreign_in_list',
  cart: string,
  message: string,
  shown: readonly Operation[],
): Violation {
  const list = shown.at(-1)
  return violation('lists', list?.read ?? 'strong', anomaly, cart, message, shown)
}
