import { isVisible, type NewCart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { type CartState, type Changed, newState } from '../../cart/rules.ts'
import { seconds } from './attributes.ts'
import type { Client } from './client.ts'
import { afterLost } from './errors.ts'
import { itemOf, stateOf } from './item.ts'
import { readItem } from './items.ts'
import { passingMerges } from './pending.ts'
import { whileContended } from './retry.ts'
import { untilAnswered } from './send.ts'

/**
 * See `CartStore.createCart`. Sent again when the response was lost: the second copy finds the cart of the first copy and
 * recognises it by its time of creation, so that a creation that the client did not repeat is not reported as a replay.
 */
export async function createCart(client: Client, cart: NewCart): Promise<Changed> {
  const input = {
    TableName: client.tableName,
    Item: itemOf(newState(cart)),
    // An order has no `expires_at`, and a comparison with a missing attribute is never true.
    ConditionExpression: 'attribute_not_exists(cart_id) OR expires_at <= :now_s',
    ExpressionAttributeValues: { ':now_s': seconds(cart.now) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
  const passesMerges = passingMerges(client)
  let lost: unknown
  const attempt = async (): Promise<Changed | undefined> => {
    const outcome = await untilAnswered(client, true, () => client.request('PutItem', input))
    if (outcome.made) return { version: 1, replayed: false }
    lost ??= outcome.lost
    const item = outcome.item ?? (await readItem(client, cart.cartId))
    if (!(await passesMerges(item))) return undefined
    // TTL has removed it since.
    if (item === undefined || !isVisible(stateOf(item), cart.now)) return undefined
    return resultFrom(stateOf(item), cart, lost !== undefined)
  }
  try {
    return await whileContended(attempt, client.events)
  } catch (error) {
    throw afterLost(error, lost)
  }
}

function resultFrom(known: CartState, cart: NewCart, resent: boolean): Changed {
  if (known.customerId !== cart.customerId) throw new CartError('IDEMPOTENCY_KEY_REUSED')
  return { version: 1, replayed: !(resent && known.createdAt === cart.now) }
}
