import { setTimeout as sleep } from 'node:timers/promises'
import { CartError } from '../../cart/errors.ts'
import type { Consistency } from '../cart-store.ts'
import { type Item, textIn } from './attributes.ts'
import type { Requests } from './resend.ts'
import { jitter } from './retry.ts'

/** Maximum number of keys of one BatchGetItem. */
export const BATCH_KEYS = 100

/** Consecutive batches that may return no item at all before the database counts as busy. */
const FRUITLESS_BATCHES = 6

/** The items of at most `BATCH_KEYS` different carts by cart id, read strongly; carts without an item are left out. */
export async function batchGet(
  requests: Requests,
  cartIds: readonly string[],
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>()
  let wanted = cartIds
  for (let fruitless = 0; wanted.length > 0; ) {
    const { items, left } = await batchOnce(requests, wanted, 'strong')
    for (const [cartId, item] of items) found.set(cartId, item)
    fruitless = left.length < wanted.length ? 0 : fruitless + 1
    if (fruitless > 0) {
      requests.events.throttled()
      if (fruitless > FRUITLESS_BATCHES) throw new CartError('STORE_BUSY')
      requests.events.retried('throttle')
      await sleep(jitter(fruitless, { base: 50, most: 1_000 }))
    }
    wanted = left
  }
  return found
}

export interface Batch {
  readonly items: ReadonlyMap<string, Item>
  /** The carts that DynamoDB did not process: the response would exceed 16 MB, or the read was throttled. */
  readonly left: readonly string[]
}

/** One batch of at most `BATCH_KEYS` different carts. */
export async function batchOnce(
  { tableName, request, resend, complete }: Requests,
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
    items: new Map(items.map((item) => [textIn(item, 'cart_id'), complete(item)])),
    left: (UnprocessedKeys?.[tableName]?.Keys ?? []).map((key) => textIn(key, 'cart_id')),
  }
}
