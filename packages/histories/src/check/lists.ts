import { groupBy } from '../group-by.ts'
import type { Operation } from '../history/operation.ts'
import type { ListedIndex } from './cart-index.ts'
import type { CartView, Step } from './cart-view.ts'
import { differenceFromList, type Shown } from './listed-otherwise.ts'
import type { Anomaly, Violation } from './report.ts'
import { violation } from './tally.ts'

/**
 * Compares lists with creations and with reads by id: a list shows only carts of its customer, each once and with the contents
 * that a read shows, and a final list shows all of them. An index may lag, so a cart may be missing from other lists.
 *
 * @param lists  lists with a response
 * @param listed what the lists showed of each cart
 */
export function checkLists(
  lists: readonly Operation[],
  views: readonly CartView[],
  listed: ListedIndex,
): Violation[] {
  const violations: Violation[] = []
  const owners = new Map<string, string | undefined>()
  const byId = new Map(lists.map((list) => [list.id, list]))
  const finals = groupBy(lists.filter(isFinal).map(shownBy), ({ list }) => list.customer)
  for (const view of views) {
    const created = view.changes.find(({ kind }) => kind === 'create')
    if (created === undefined) continue
    const { customer } = created.operation
    owners.set(view.cart, customer)
    const own = finals.get(customer) ?? []
    const forgotten = findForgotten(view, created, own)
    if (forgotten !== undefined) violations.push(forgotten)
    const other = differenceFromList(view, listed.get(view.cart) ?? [], own)
    if (other === undefined) continue
    const { message, get, sight } = other
    const mode = byId.get(sight.id)?.read ?? 'strong'
    const shown = [get, sight]
    violations.push(violation('lists', mode, 'listed_otherwise', view.cart, message, shown))
  }
  for (const list of lists) {
    violations.push(...findForeign(list, owners), ...findTwice(list))
  }
  return violations
}

function shownBy(list: Operation): Shown {
  return { list, carts: new Map(list.carts?.map((listed) => [listed.cart, listed])) }
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
  const message =
    'the cart was created and never deleted or merged, but a final list does not show it'
  return make('missing_from_list', view.cart, message, [created.operation, due.list])
}

/** A cart in the list that belongs to another customer. */
function findForeign(
  list: Operation,
  owners: ReadonlyMap<string, string | undefined>,
): Violation[] {
  const { carts = [], customer } = list
  const foreign = carts.find(({ cart }) => owners.has(cart) && owners.get(cart) !== customer)?.cart
  if (foreign === undefined) return []
  const message = `a list of customer ${customer} shows a cart of customer ${owners.get(foreign)}`
  return [make('foreign_in_list', foreign, message, [list])]
}

/** A cart that the list shows more than once. */
function findTwice(list: Operation): Violation[] {
  const seen = new Set<string>()
  for (const { cart } of list.carts ?? []) {
    if (seen.has(cart)) {
      const message = `a list of customer ${list.customer} shows one cart twice`
      return [make('listed_twice', cart, message, [list])]
    }
    seen.add(cart)
  }
  return []
}

function make(
  anomaly: Anomaly,
  cart: string,
  message: string,
  shown: readonly Operation[],
): Violation {
  const list = shown.at(-1)
  return violation('lists', list?.read ?? 'strong', anomaly, cart, message, shown)
}
