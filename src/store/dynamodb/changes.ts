import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { type Cart, isVisible, type NewLine } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { checkedOut, withLinesAdded } from '../../cart/rules.ts'
import type { Changed, ChangeOptions } from '../cart-store.ts'
import type { Clients } from './clients.ts'
import { cartOf, type Item, numberIn } from './item.ts'
import { sendChange, whileContended } from './retry.ts'
import { addUpdate, checkoutUpdate, fitsOneUpdate, type Update, versionUpdate } from './updates.ts'

/**
 * The two changes of a cart. Each is one conditional UpdateItem that carries every rule in its condition.
 * Only when the condition was not met is the cart looked at, as it was at that very moment, and the pure
 * rules of `cart/rules.ts` say why. If they say that the change is allowed after all, its outcome is
 * written on the condition that the version is still the one that was looked at.
 */

/** See `CartStore.addLines`. */
export function addLines(
  clients: Clients,
  cartId: string,
  lines: readonly NewLine[],
  change: ChangeOptions,
): Promise<Changed> {
  return apply(clients, cartId, change.now, {
    atOnce: fitsOneUpdate(lines) ? addUpdate(lines, change) : undefined,
    rule: (cart) => withLinesAdded(cart, lines, change),
  })
}

/** See `CartStore.checkout`. */
export function checkout(clients: Clients, cartId: string, { now }: ChangeOptions) {
  return apply(clients, cartId, now, {
    atOnce: checkoutUpdate(cartId, now),
    rule: (cart) => checkedOut(cart, now),
  })
}

interface CartChange {
  /** The change as one update that needs no look at the cart, where there is one. */
  readonly atOnce: Update | undefined
  readonly rule: (cart: Cart) => Cart
}

async function apply(
  clients: Clients,
  cartId: string,
  now: number,
  { atOnce, rule }: CartChange,
): Promise<Changed> {
  let seen: Item | undefined
  if (atOnce !== undefined) {
    const outcome = await update(clients, cartId, atOnce)
    if ('version' in outcome) return outcome
    seen = outcome.item
  }
  return whileContended(async () => {
    seen ??= await readItem(clients, cartId)
    const cart = visibleCart(seen, now)
    const outcome = await update(clients, cartId, versionUpdate(cart, rule(cart)))
    if ('version' in outcome) return outcome
    seen = outcome.item
    return undefined
  })
}

/** The item of a cart, read strongly, or `undefined` when there is none. */
export async function readItem(
  { reads, tableName }: Clients,
  cartId: string,
  consistency: 'strong' | 'eventual' = 'strong',
): Promise<Item | undefined> {
  const { Item } = await reads.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { cart_id: { S: cartId } },
      ConsistentRead: consistency === 'strong',
    }),
  )
  return Item
}

/** The cart in `item`, or CART_NOT_FOUND when there is none to be seen at `now`. */
export function visibleCart(item: Item | undefined, now: number): Cart {
  const cart = item && cartOf(item)
  if (cart === undefined || !isVisible(cart, now)) throw new CartError('CART_NOT_FOUND')
  return cart
}

type Outcome = Changed | Refused

/** The condition was not met. */
interface Refused {
  /** The item that did not meet it; absent when there is none, or when the endpoint does not say. */
  readonly item: Item | undefined
}

async function update(
  { changes, tableName, attempts }: Clients,
  cartId: string,
  { update, condition, names, values }: Update,
): Promise<Outcome> {
  const input: UpdateItemCommandInput = {
    TableName: tableName,
    Key: { cart_id: { S: cartId } },
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ReturnValues: 'UPDATED_NEW',
    // Saves a read and a race. dynalite passes over it, hence `readItem` above.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
  try {
    const { Attributes } = await sendChange(
      () => changes.send(new UpdateItemCommand(input)),
      attempts,
    )
    return { version: numberIn(Attributes ?? {}, 'version') }
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { item: error.Item }
    throw error
  }
}
