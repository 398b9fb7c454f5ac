import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { type Cart, isOrder, isVisible, type Order } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { EntityId } from '../../cart/ids.ts'
import { requireKnown } from '../../cart/rules.ts'
import type { Consistency, ReadOptions } from '../cart-store.ts'
import type { Item } from './attributes.ts'
import type { Clients } from './clients.ts'
import { cartOf, isDeleted, stateOf } from './item.ts'

/** The item of a cart, or `undefined` when there is none. */
export async function readItem(
  { repeating, tableName }: Clients,
  cartId: string,
  consistency: Consistency = 'strong',
): Promise<Item | undefined> {
  const { Item } = await repeating.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { cart_id: { S: cartId } },
      ConsistentRead: consistency === 'strong',
    }),
  )
  return Item
}

/** See `CartStore.getCart`. */
export async function getCart(
  clients: Clients,
  cartId: string,
  { now, consistency }: ReadOptions,
): Promise<Cart> {
  const item = await readItem(clients, cartId, consistency)
  const cart = item && !isDeleted(item) ? cartOf(item) : undefined
  if (cart === undefined || !isVisible(cart, now)) throw new CartError('CART_NOT_FOUND')
  return cart
}

/** See `CartStore.getOwner`. */
export async function getOwner(clients: Clients, cartId: string, now: number): Promise<EntityId> {
  const item = await readItem(clients, cartId)
  return requireKnown(item && stateOf(item), now).customerId
}

/** See `CartStore.getOrder`. */
export async function getOrder(clients: Clients, orderId: string): Promise<Order> {
  const item = await readItem(clients, orderId)
  const cart = item && cartOf(item)
  if (cart === undefined || !isOrder(cart)) throw new CartError('ORDER_NOT_FOUND')
  return cart
}
