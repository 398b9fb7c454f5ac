import { setTimeout as sleep } from 'node:timers/promises'
import { CartError } from '../../cart/errors.ts'
import type { Consistency } from '../cart-store.ts'
import { type Item, textIn } from './attributes.ts'
import type { Client } from './client.ts'
import { jitter } from './retry.ts'

/** Most keys that BatchGetItem takes. */
export const BATCH_KEYS = 100

/** Batches in a row that may come back without a single item before the database counts as busy. */
const FRUITLESS_BATCHES = 6

/** The items of at most `BATCH_KEYS` different carts by their ids, read strongly; those without one are left out. */
export async function batchGet(
  client: Client,
  cartIds: readonly string[],
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>()
  let wanted = cartIds
  for (let fruitless = 0; wanted.length > 0; ) {
    const { items, left } = await batchOnce(client, wanted, 'strong')
    for (const [cartId, item] of items) found.set(cartId, item)
    fruitless = left.length < wanted.length ? 0 : fruitless + 1
    if (fruitless > 0) {
      client.events.throttled()
      if (fruitless > FRUITLESS_BATCHES) throw new CartError('STORE_BUSY')
      client.events.retried('throttle')
      await sleep(jitter(fruitless, { base: 50, most: 1_000 }))
    }
    wanted = left
  }
  return found
}

export interface Batch {
  readonly items: ReadonlyMap<string, Item>
  /** The carts that DynamoDB did not get to: over 16 MB in one answer, or throttled. */
  readonly left: readonly string[]
}

/** One batch of at most `BATCH_KEYS` different carts. */
export async function batchOnce(
  { tableName, request, resend }: Pick<Client, 'tableName' | 'request' | 'resend'>,
  cartIds: readonly string[],
  consistency: Consistency,
): Promise<Batch> {
  const Keys = cartIds.map((cartId) => ({ cart_id: { S: cartId } }))
  const input = {
    RequestItems: { [tableName]: { Keys, ConsistentRead: consistency === 'strong' } },
  }
  const { Responses, UnprocessedKeys } = await resend(() => request('BatchGetItem', input), {
    repeatable: true,
  })
  const items = Responses?.[tableName] ?? []
  return {
    items: new Map(items.map((item) => [textIn(item, 'cart_id'), item])),
    left: (UnprocessedKeys?.[tableName]?.Keys ?? []).map((key) => textIn(key, 'cart_id')),
  }
}
