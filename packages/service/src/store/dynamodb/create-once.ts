import { expiryOf, type NewCart } from '../../cart/cart.ts'
import { KEY_LIFETIME_MS } from '../../cart/idempotency.ts'
import type { Created } from '../cart-store.ts'
import { seconds, textIn } from './attributes.ts'
import type { Client } from './client.ts'
import { createCart } from './create.ts'
import { readItem } from './items.ts'
import { whileContended } from './retry.ts'
import { untilAnswered } from './send.ts'

/**
 * See `CartStore.createOnce`. Without home regions, the id of a cart that is created under a key derives from the key. With them, the
 * cart should be at home where the first request arrived, which the key does not say. So an item of its own decides the id, once:
 *
 *     cart_id     S   `create <id derived from the key>`, which is not a UUID and so the id of no cart
 *     active_cart S   the id of the cart, as in the pointer to a customer's active cart
 *     expires_at  N   seconds: as for a new cart, but after the lifetime of a key at the earliest
 *
 * Of requests in several regions at once, one decides, and all create the cart with that id; `createCart` makes one of them.
 */
export async function createOnce(client: Client, cart: NewCart): Promise<Created> {
  const cartId = await whileContended(() => decideId(client, cart), client.events)
  return { ...(await createCart(client, { ...cart, cartId })), cartId }
}

/** The id that the key stands for; `undefined` if its item was removed meanwhile. */
async function decideId(client: Client, cart: NewCart): Promise<string | undefined> {
  const key = `create ${cart.cartId}`
  const proposed = client.newCartId(cart.now)
  const outcome = await untilAnswered(client, true, () =>
    client.request('PutItem', {
      TableName: client.tableName,
      Item: {
        cart_id: { S: key },
        active_cart: { S: proposed },
        expires_at: seconds(Math.max(cart.expiresAt, expiryOf(cart.now, KEY_LIFETIME_MS / 1000))),
      },
      ConditionExpression: 'attribute_not_exists(cart_id) OR expires_at <= :now_s',
      ExpressionAttributeValues: { ':now_s': seconds(cart.now) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  )
  if (outcome.made) return proposed
  const known = outcome.item ?? (await readItem(client, key))
  return known && textIn(known, 'active_cart')
}
