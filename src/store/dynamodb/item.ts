import type { Cart, CartStatus } from '../../cart/cart.ts'
import { idFromKey, idKey } from '../../cart/ids.ts'
import type { CartState } from '../../cart/rules.ts'
import type { Position } from '../cursor.ts'
import { type Item, number, numberIn, textIn, without } from './attributes.ts'
import { keysIn, keysOf } from './item-keys.ts'
import { linesIn, linesOf } from './item-lines.ts'

/**
 * A cart as one item.
 *
 *     cart_id S, customer_id S, version N
 *     status S                                   `CartStatus`, or `deleted`
 *     created_at N, updated_at N, ordered_at N   milliseconds
 *     expires_at N                               seconds, as TTL wants it; orders have none
 *     cart_key S, order_key S                    sort a customer's carts and orders; the second only on orders
 *     units N, qty M, line M, changed M          the lines, see `item-lines.ts`
 *     key_version M, key_info L                  the idempotency keys, see `item-keys.ts`
 *     merged_into S                              of a merged cart, and of one that is frozen for a merge, which also has
 *     merge_term S, before_freeze M              its term, and { updated_at, expires_at } as they were: see `merge.ts`
 *     absorbed SS, merge_fence N                 of a cart that others were merged into
 *     thaws N                                    merges of the cart that were taken back
 *
 * Attribute names are spelled out, since they count only once per item; the names inside a line or a key, which
 * count for each, are single letters. What a cart need not have it does not have, down to an item made before
 * there were keys and merges: that one is read as having none, and its first change by `versionUpdate` writes the rest.
 */
export function itemOf(cart: CartState): Item {
  const { cartId } = cart
  return {
    cart_id: { S: cartId },
    customer_id: { S: idKey(cart.customerId) },
    cart_key: { S: positionKey({ at: cart.createdAt, cartId }) },
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

/** Deleted carts are of this status in their item alone, so that no condition need ask for more than `active`. */
const DELETED = 'deleted'

/** `item` with `cart` in it. What is not the cart's own (the state of a merge) stays. */
export function withCart(item: Item, cart: CartState): Item {
  return {
    ...without(item, 'expires_at', 'ordered_at', 'order_key', 'merged_into', 'absorbed'),
    ...itemOf(cart),
  }
}

/** All that `item` holds of its cart. */
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
 * The cart as it is given out. A merged one shows no lines, also while its item still has them: they go without a
 * step of the version, and one version must not be seen with two contents.
 */
export function cartOf(item: Item): Cart {
  const cart = bareCart(item)
  return { ...cart, lines: cart.status === 'merged' ? [] : linesIn(item) }
}

export function isDeleted(item: Item): boolean {
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

function bareCart(item: Item): Cart {
  return {
    cartId: textIn(item, 'cart_id'),
    customerId: idFromKey(textIn(item, 'customer_id')),
    status: isDeleted(item) ? 'active' : (textIn(item, 'status') as CartStatus),
    version: numberIn(item, 'version'),
    lines: [],
    createdAt: numberIn(item, 'created_at'),
    updatedAt: numberIn(item, 'updated_at'),
    expiresAt: item.expires_at === undefined ? null : numberIn(item, 'expires_at') * 1000,
    orderedAt: item.ordered_at === undefined ? null : numberIn(item, 'ordered_at'),
  }
}
