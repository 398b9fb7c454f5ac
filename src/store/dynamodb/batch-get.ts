import { setTimeout as sleep } from 'node:timers/promises'
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import { CartError } from '../../cart/errors.ts'
import { type Item, textIn } from './attributes.ts'
import type { Clients } from './clients.ts'
import { jitter } from './retry.ts'

/** Most keys that BatchGetItem takes. */
export const BATCH_KEYS = 100

/** Batches in a row that may come back without a single item before the database counts as busy. */
const FRUITLESS_BATCHES = 6

/**
 * The items of at most `BATCH_KEYS` carts, read strongly, in the order of `cartIds`; ids without an item
 * are left out. DynamoDB hands back keys that it did not get to (over 16 MB in one answer, or
 * throttled): those are asked for again.
 */
export async function batchGet(
  { repeating, tableName }: Clients,
  cartIds: readonly string[],
): Promise<Item[]> {
  const found = new Map<string, Item>()
  let keys = cartIds.map((cartId): Item => ({ cart_id: { S: cartId } }))
  for (let fruitless = 0; keys.length > 0; ) {
    const { Responses, UnprocessedKeys } = await repeating.send(
      new BatchGetItemCommand({
        RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
      }),
    )
    for (const item of Responses?.[tableName] ?? []) found.set(textIn(item, 'cart_id'), item)
    const left = UnprocessedKeys?.[tableName]?.Keys ?? []
    fruitless = left.length < keys.length ? 0 : fruitless + 1
    if (fruitless > FRUITLESS_BATCHES) throw new CartError('STORE_BUSY')
    if (fruitless > 0) await sleep(jitter(fruitless, { base: 50, most: 1_000 }))
    keys = left
  }
  return cartIds.map((cartId) => found.get(cartId)).filter((item) => item !== undefined)
}
