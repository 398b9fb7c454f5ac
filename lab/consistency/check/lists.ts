import type { Operation } from '../../history/operation.ts'
import type { CartView, Step } from './cart-view.ts'
import type { Violation } from './report.ts'
import { violation } from './tally.ts'

/**
 * Carts listed by customer against carts created: a list shows the customer's carts and no others, and a cart that
 * was created is not left out by every list that follows. An index may lag, so a cart that is only late is none of
 * it, except in a final list.
 *
 * @param lists answered ones
 */
export function checkLists(lists: readonly Operation[], views: readonly CartView[]): Violation[] {
  const violations: Violation[] = []
  const owners = new Map<string, string | undefined>()
  const finals = Map.groupBy(lists.filter(isFinal).map(shownBy), ({ list }) => list.customer)
  for (const view of views) {
    const created = view.changes.find(({ kind }) => kind === 'create')
    if (created === undefined) continue
    owners.set(view.cart, created.operation.customer)
    const forgotten = findForgotten(view, created, finals.get(created.operation.customer) ?? [])
    if (forgotten !== undefined) violations.push(forgotten)
  }
  for (const list of lists) {
    const foreign = findForeign(list, owners)
    if (foreign === undefined) continue
    const message = `a list of customer ${list.customer} shows a cart of customer ${owners.get(foreign)}`
    violations.push(make('foreign_in_list', foreign, message, [list]))
  }
  return violations
}

/** A list with the carts that it shows. */
interface Shown {
  readonly list: Operation
  readonly carts: ReadonlySet<string>
}

function shownBy(list: Operation): Shown {
  return { list, carts: new Set(list.carts?.map(({ cart }) => cart)) }
}

function isFinal({ final }: Operation): boolean {
  return final === true
}

function findForgotten(
  view: CartView,
  created: Step,
  finals: readonly Shown[],
): Violation | undefined {
  if (created.end === Infinity) return undefined
  const goes = view.changes.find(({ kind }) => kind === 'delete' || kind === 'merge_out')
  const due = finals.findLast(
    ({ list }) => list.call > created.end && list.return < (goes?.call ?? Infinity),
  )
  if (due === undefined || due.carts.has(view.cart)) return undefined
  const message = 'the cart was created and never deleted or merged, and a final list leaves it out'
  return make('missing_from_list', view.cart, message, [created.operation, due.list])
}

/** A cart in the list that belongs to another customer. */
function findForeign(
  { carts = [], customer }: Operation,
  owners: ReadonlyMap<string, string | undefined>,
): string | undefined {
  for (const { cart } of carts) {
    const owner = owners.get(cart)
    if (owner !== customer && (owner !== undefined || owners.has(cart))) return cart
  }
  return undefined
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
