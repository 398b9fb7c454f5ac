import type { Cart, NewCart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { type EntityId, idKey } from '../../cart/ids.ts'
import type { ActiveCart } from '../cart-store.ts'
import { cartPosition, comparePositions } from '../cursor.ts'
import { type Item, seconds, textIn } from './attributes.ts'
import type { Client } from './client.ts'
import { createCart } from './create.ts'
import { readItem } from './items.ts'
import { listCarts } from './lists.ts'
import { getCart } from './read.ts'
import { whileContended } from './retry.ts'
import { untilAnswered } from './send.ts'

/**
 * The active cart of a customer without a transaction. A *pointer* per customer, an item of its own, decides the id of a new cart:
 *
 *     cart_id     S   `customer <id>`, which is not a UUID and so the id of no cart
 *     active_cart S   the id of the cart
 *     expires_at  N   seconds: TTL removes pointers of customers who do not come back
 *
 * A call reads the pointer and its cart, and the newest active cart in the index. If neither is active, the pointer is moved to a
 * new id, on the condition that it is still the one that was read: of concurrent calls one moves it, and the others follow. A
 * cart that a pointer names and that does not exist is created by whoever finds it so, on the condition that it does not exist: the
 * id was decided by the pointer, so there is one cart, and an interruption between the two writes is harmless. A creation
 * that comes too late finds the cart, perhaps checked out by now, and the call starts again.
 *
 * The cart of the pointer is read strongly, so that a lag of the index does not lead to a second one. A pointer whose cart
 * has been removed after its expiry names the id for a new cart, as `createCart` replaces expired carts.
 */
export async function activeCart(
  client: Client,
  cart: Omit<NewCart, 'cartId'>,
): Promise<ActiveCart> {
  return whileContended(async () => {
    const pointer = await readItem(client, pointerKey(cart.customerId))
    const pointed = pointer && (await cartOrNew(client, textIn(pointer, 'active_cart'), cart))
    if (pointed === 'busy') return undefined
    if (pointed?.created) return pointed
    const found = newestOf(pointed?.cart, await newestActive(client, cart))
    if (found !== undefined) return { cartId: found.cartId, version: found.version, created: false }
    const next = client.newCartId(cart.now)
    if (!(await movePointer(client, pointer, next, cart))) return undefined
    const made = await cartOrNew(client, next, cart)
    return made !== 'busy' && made.created ? made : undefined
  }, client.events)
}

type Found =
  | {
      readonly cartId: string
      readonly version: number
      readonly created: true
      readonly cart?: Cart
    }
  /** Without a cart that is active. */
  | { readonly created: false; readonly cart: Cart | undefined }

/** The cart with that id, created if there is none. `busy` if another call created it just now: it must be read again. */
async function cartOrNew(
  client: Client,
  cartId: string,
  cart: Omit<NewCart, 'cartId'>,
): Promise<Found | 'busy'> {
  if ((await readItem(client, cartId)) === undefined) {
    const { replayed } = await createCart(client, { ...cart, cartId })
    return replayed ? 'busy' : { cartId, version: 1, created: true }
  }
  const found = await visibleCart(client, cartId, cart.now)
  return { created: false, cart: found?.status === 'active' ? found : undefined }
}

function newestOf(a: Cart | undefined, b: Cart | undefined): Cart | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return comparePositions(cartPosition(a), cartPosition(b)) <= 0 ? a : b
}

async function visibleCart(client: Client, cartId: string, now: number): Promise<Cart | undefined> {
  try {
    return await getCart(client, cartId, { now, consistency: 'strong' })
  } catch (error) {
    if (error instanceof CartError && error.code === 'CART_NOT_FOUND') return undefined
    throw error
  }
}

async function newestActive(
  client: Client,
  { customerId, now }: Pick<NewCart, 'customerId' | 'now'>,
): Promise<Cart | undefined> {
  const page = { limit: 1, now, status: 'active' } as const
  return (await listCarts(client, customerId, page)).items[0]
}

/** Whether the pointer was moved; false if it is not `seen` any more. */
async function movePointer(
  client: Client,
  seen: Item | undefined,
  cartId: string,
  { customerId, expiresAt }: Omit<NewCart, 'cartId'>,
): Promise<boolean> {
  const { made } = await untilAnswered(client, true, () =>
    client.request('PutItem', {
      TableName: client.tableName,
      Item: {
        cart_id: { S: pointerKey(customerId) },
        active_cart: { S: cartId },
        expires_at: seconds(expiresAt),
      },
      ...(seen === undefined
        ? { ConditionExpression: 'attribute_not_exists(cart_id)' }
        : {
            ConditionExpression: 'active_cart = :seen',
            ExpressionAttributeValues: { ':seen': { S: textIn(seen, 'active_cart') } },
          }),
    }),
  )
  return made !== undefined
}

function pointerKey(customerId: EntityId): string {
  return `customer ${idKey(customerId)}`
}
