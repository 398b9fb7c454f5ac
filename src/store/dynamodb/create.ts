import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { emptyCart, isVisible, type NewCart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { CartState, Changed } from '../../cart/rules.ts'
import { seconds } from './attributes.ts'
import type { Clients } from './clients.ts'
import { itemOf, stateOf } from './item.ts'
import { readItem } from './read.ts'
import { whileContended } from './retry.ts'

/**
 * See `CartStore.createCart`. Sent again by the SDK when its answer was lost: the second copy finds the cart that
 * the first has made, and knows it for its own by the time of creation, so that a creation that nobody
 * repeated is not called a replay.
 */
export async function createCart(clients: Clients, cart: NewCart): Promise<Changed> {
  const { repeating, tableName } = clients
  const command = new PutItemCommand({
    TableName: tableName,
    Item: itemOf(newState(cart)),
    // An order has no expiry, and a comparison with nothing is never true.
    ConditionExpression: 'attribute_not_exists(cart_id) OR expires_at <= :now_s',
    ExpressionAttributeValues: { ':now_s': seconds(cart.now) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  return whileContended(async () => {
    try {
      await repeating.send(command)
      return { version: 1, replayed: false }
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      const item = error.Item ?? (await readItem(clients, cart.cartId))
      // Removed by TTL since.
      if (item === undefined || !isVisible(stateOf(item), cart.now)) return undefined
      return answerFrom(stateOf(item), cart, (error.$metadata.attempts ?? 1) > 1)
    }
  })
}

function answerFrom(known: CartState, cart: NewCart, resent: boolean): Changed {
  if (known.customerId !== cart.customerId) throw new CartError('IDEMPOTENCY_KEY_REUSED')
  return { version: 1, replayed: !(resent && known.createdAt === cart.now) }
}

/** A new cart with nothing recorded. */
function newState(cart: NewCart): CartState {
  return { ...emptyCart(cart), deleted: false, keys: [], mergedInto: null, absorbed: [] }
}
