import type { Cart, CartStatus } from '../../cart/cart.ts'
import { idFromKey, idKey } from '../../cart/ids.ts'
import type { CartState } from '../../cart/rules.ts'
import { CartAway } from '../cart-away.ts'
import type { Position } from '../cursor.ts'
import { type Item, number, numberIn, textIn, without } from './attributes.ts'
import { currencyAttributes, currencyIn } from './item-currency.ts'
import { keysIn, keysOf } from './item-keys.ts'
import { linesIn, linesOf } from './item-lines.ts'

/**
 * A cart as one item.
 *
 *     cart_id S, customer_id S, version N
 *     currency S, minor_digits N                 of all prices; see `item-currency.ts` for older items
 *     status S                                   `CartStatus`, or `deleted`
 *     created_at N, updated_at N, ordered_at N   milliseconds
 *     expires_at N                               seconds, as TTL requires; absent on orders
 *     cart_key S, order_key S                    sort a customer's carts and orders; order_key only on orders
 *     units N, qty M, line M, changed M          the lines, see `item-lines.ts`
 *     key_version M, key_info L                  the idempotency keys, see `item-keys.ts`
 *     merged_into S                              on a merged cart and on a cart that is frozen for a merge
 *     merge_term S, before_freeze M              on a frozen cart: its term, and its former { updated_at, expires_at };
 *                                                see `merge.ts`
 *     absorbed SS, merge_fence N                 on a cart that others were merged into
 *     thaws N                                    number of merges of the cart that were undone
 *     move_hop N, move_state S, sealed M, left M  of a cart that moves, see `item-residence.ts`
 *
 * Attribute names are words, because they occur once per item; names inside a line or a key are single letters, because they
 * are repeated. Optional attributes are absent. An item from before there were keys and merges reads as one without any, and
 * its first change by `versionUpdate` adds the missing attributes.
 */
export function itemOf(cart: CartState): Item {
  const { cartId } = cart
  return {
    cart_id: { S: cartId },
    customer_id: { S: idKey(cart.customerId) },
    cart_key: { S: positionKey({ at: cart.createdAt, cartId }) },
    ...currencyAttributes(cart.currency),
    status: { S: cart.deleted ? DELETED : cart.status },
    version: number(cart.version),
    created_at: number(cart.createdAt),
    updated_at: number(cart.updatedAt),
    ...linesOf(cart.lines),
    ...keysOf(cart.keys),
    ...(cart.expiresAt !== null && { expires_at: number(cart.expiresAt / 1000) }),
    ...(cart.orderedAt !== null && {
      ordered_at: number(cart.orderedAt),
      order_key: { S: positionKey({ at: cart.orderedAt, cartId }) },
    }),
    ...(cart.mergedInto !== null && { merged_into: { S: cart.mergedInto } }),
    ...(cart.absorbed.length > 0 && { absorbed: { SS: [...cart.absorbed] } }),
  }
}

/** The status of deleted carts, in items only, so that conditions need to check only for `active`. */
const DELETED = 'deleted'

/** `item` with the content of `cart`. Other attributes (the state of a merge) stay. */
export function withCart(item: Item, cart: CartState): Item {
  return {
    ...without(item, 'expires_at', 'ordered_at', 'order_key', 'merged_into', 'absorbed'),
    ...itemOf(cart),
  }
}

/** The complete state of the cart in `item`. */
export function stateOf(item: Item): CartState {
  return {
    ...bareCart(item),
    lines: linesIn(item),
    deleted: isDeleted(item),
    keys: keysIn(item),
    mergedInto: item.merged_into === undefined ? null : textIn(item, 'merged_into'),
    absorbed: item.absorbed?.SS ?? [],
  }
}

/**
 * The cart as stores return it. A merged cart has no lines, even while its item still has them: removing them does not change
 * the version, and one version must not have two contents.
 */
export function cartOf(item: Item): Cart {
  const cart = bareCart(item)
  return { ...cart, lines: cart.status === 'merged' ? [] : linesIn(item) }
}

export function isDeleted(item: Item): boolean {
  requireHere(item)
  return textIn(item, 'status') === DELETED
}

/** Sorts by time, then cart id. Padded to the 16 digits of the largest safe integer. */
export function positionKey({ at, cartId }: Position): string {
  return `${String(at).padStart(16, '0')}#${cartId}`
}

/** The inverse of `positionKey`. */
export function positionOf(key: string): Position {
  const [at = '', cartId = ''] = key.split('#')
  return { at: Number(at), cartId }
}

/** Throws `CartAway` if the item is only the record of a cart that moves (`item-residence.ts`). */
function requireHere(item: Item): void {
  if (item.move_state !== undefined) throw new CartAway()
}

function bareCart(item: Item): Cart {
  requireHere(item)
  return {
    cartId: textIn(item, 'cart_id'),
    customerId: idFromKey(textIn(item, 'customer_id')),
    currency: currencyIn(item),
    status: isDeleted(item) ? 'active' : (textIn(item, 'status') as CartStatus),
    version: numberIn(item, 'version'),
    lines: [],
    createdAt: numberIn(item, 'created_at'),
    updatedAt: numberIn(item, 'updated_at'),
    expiresAt: item.expires_at === undefined ? null : numberIn(item, 'expires_at') * 1000,
    orderedAt: item.ordered_at === undefined ? null : numberIn(item, 'ordered_at'),
  }
}
