import type { ListedCart, Operation } from '../history/operation.ts'
import type { CartView } from './cart-view.ts'
import { sameLines } from './model.ts'

/** A list with the carts that it shows. */
export interface Shown {
  readonly list: Operation
  readonly carts: ReadonlyMap<string, ListedCart>
}

/** A list and a read by id show different contents of a cart. */
export interface Difference {
  readonly message: string
  /** The read by id. */
  readonly get: Operation
  /** What the list showed, as a read of the cart with the id of the list. */
  readonly sight: Operation
}

/**
 * The first difference between a list and a read of one version, or between a final list and a final read.
 *
 * @param sights what lists showed of the cart, as reads of the cart
 * @param finals the final lists of its customer
 */
export function differenceFromList(
  view: CartView,
  sights: readonly Operation[],
  finals: readonly Shown[],
): Difference | undefined {
  return atOneVersion(view, sights) ?? inTheEnd(view, finals)
}

function atOneVersion({ gets }: CartView, sights: readonly Operation[]): Difference | undefined {
  if (sights.length === 0) return undefined
  const read = new Map<number, Operation>()
  for (const get of gets) if (get.version !== undefined) read.set(get.version, get)
  for (const sight of sights) {
    const get = read.get(sight.version ?? -1)
    if (get === undefined || isSame(get, sight)) continue
    const message = `a list and a read show different contents of version ${sight.version} of the cart`
    return { message, get, sight }
  }
  return undefined
}

function inTheEnd(view: CartView, finals: readonly Shown[]): Difference | undefined {
  const { cart, gets, changes } = view
  // A change without a response may still happen between the list and the read.
  if (changes.some(({ end }) => end === Infinity)) return undefined
  const get = gets.findLast(({ final, read }) => final === true && read === 'strong')
  const shown = finals.findLast(({ carts }) => carts.has(cart))
  const listed = shown?.carts.get(cart)
  if (get === undefined || shown === undefined || listed === undefined) return undefined
  if (changes.some(({ end }) => end >= Math.min(get.call, shown.list.call))) return undefined
  const sight: Operation = { ...shown.list, ...listed, kind: 'get', carts: undefined }
  if (get.error !== undefined) {
    return { message: 'a final list shows a cart that a final read does not find', get, sight }
  }
  const other =
    get.version !== undefined && listed.version !== undefined && get.version !== listed.version
  if (!other && isSame(get, sight)) return undefined
  return {
    message: 'a final list and a final read show different contents of the cart',
    get,
    sight,
  }
}

/** Whether two responses can show one state. */
function isSame(get: Operation, sight: Operation): boolean {
  const [status, listed] = [get.cart_status, sight.cart_status]
  if (status !== undefined && listed !== undefined && status !== listed) return false
  // The source of a merge may show its lines or none.
  if (status === 'merged' || listed === 'merged') return true
  if (get.lines === undefined || sight.lines === undefined) return true
  return sameLines(new Map(get.lines), sight.lines)
}
