import { type Cart, isOrder, isVisible, type Order } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { EntityId } from '../../cart/ids.ts'
import { requireKnown } from '../../cart/rules.ts'
import type { ReadOptions } from '../cart-store.ts'
import type { Client } from './client.ts'
import { cartOf, isDeleted, stateOf } from './item.ts'
import { readItem } from './items.ts'
import { seenItem } from './pending.ts'

/** See `CartStore.getCart`. */
export async function getCart(
  client: Client,
  cartId: string,
  { now, consistency }: ReadOptions,
): Promise<Cart> {
  const read = await readItem(client, cartId, consistency)
  const item = read && (await seenItem(client, read, consistency))
  const cart = item && !isDeleted(item) ? cartOf(item) : undefined
  if (cart === undefined || !isVisible(cart, now)) throw new CartError('CART_NOT_FOUND')
  return cart
}

/** See `CartStore.getOwner`. */
export async function getOwner(client: Client, cartId: string, now: number): Promise<EntityId> {
  const read = await readItem(client, cartId)
  const item = read && (await seenItem(client, read, 'strong'))
  return requireKnown(item && stateOf(item), now).customerId
}

/** See `CartStore.getOrder`. An order never changes, so the copy of one that is at home in another region is enough. */
export async function getOrder(client: Client, orderId: string): Promise<Order> {
  const copy = client.isHere(orderId) ? undefined : await readItem(client, orderId, 'eventual')
  const item = copy !== undefined && isOrder(cartOf(copy)) ? copy : await readItem(client, orderId)
  const cart = item && cartOf(item)
  if (cart === undefined || !isOrder(cart)) throw new CartError('ORDER_NOT_FOUND')
  return cart
}
