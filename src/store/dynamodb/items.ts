import type { Consistency } from '../cart-store.ts'
import { coalesce } from '../coalesce.ts'
import type { Item } from './attributes.ts'
import { type Batch, batchOnce } from './batch-get.ts'
import { isNamed } from './errors.ts'
import type { Requests } from './resend.ts'

/** The item of a cart, or `undefined` when there is none. */
export type ReadItem = (cartId: string) => Promise<Item | undefined>

/** A single read of the cart's item, made together with those that it meets. */
export function readItem(
  { items }: { readonly items: Readonly<Record<Consistency, ReadItem>> },
  cartId: string,
  consistency: Consistency = 'strong',
): Promise<Item | undefined> {
  return items[consistency](cartId)
}

/**
 * Reads in flight of each consistency, and carts in each. Against an endpoint that answers at once, 64 readers get 3
 * times as much this way as one by one; more in flight makes batches smaller, larger ones only delay their members.
 * 25 carts of 400 KB fit into one answer, which holds 16 MB.
 */
export const COALESCED = { maxInFlight: 8, maxInBatch: 25 }

/**
 * Reads of single carts. Those that meet are made together, strong with strong and eventual with eventual.
 *
 * @param maxWaitMs how long a read may wait for others to end, before it fails as STORE_BUSY
 */
export function openItems(
  client: Requests,
  maxWaitMs: number,
): Readonly<Record<Consistency, ReadItem>> {
  const reads = (consistency: Consistency) => coalescedReads(client, consistency, maxWaitMs)
  return { strong: reads('strong'), eventual: reads('eventual') }
}

/** Items by cart; of those that take longer than the others, a promise. */
type Answers = ReadonlyMap<string, Item | undefined | ReturnType<ReadItem>>

function coalescedReads(client: Requests, consistency: Consistency, maxWaitMs: number): ReadItem {
  const one: ReadItem = (cartId) => getItem(client, cartId, consistency)

  async function readAll(cartIds: readonly string[]): Promise<Answers> {
    const [first] = cartIds
    if (first === undefined) return new Map()
    if (cartIds.length === 1) return new Map([[first, await one(first)]])
    const { items, left } = await together(client, cartIds, consistency)
    const answers = new Map<string, Item | ReturnType<ReadItem>>(items)
    // Whoever is left over waits for its own read; its neighbours do not.
    for (const cartId of left) answers.set(cartId, one(cartId))
    return answers
  }

  return coalesce({
    ...COALESCED,
    maxWaitMs,
    run: async (cartIds: readonly string[]) => {
      const answers = await readAll([...new Set(cartIds)])
      return cartIds.map((cartId) => answered(answers.get(cartId)))
    },
  })
}

function answered<T>(value: T): PromiseSettledResult<T> {
  return { status: 'fulfilled', value }
}

/** A batch. A key that the database does not take fails all of it, so then each cart is left to its own read. */
async function together(
  client: Requests,
  cartIds: readonly string[],
  consistency: Consistency,
): Promise<Batch> {
  try {
    return await batchOnce(client, cartIds, consistency)
  } catch (error) {
    if (!isNamed(error, 'ValidationException')) throw error
    return { items: new Map(), left: cartIds }
  }
}

async function getItem(
  { tableName, request, resend }: Requests,
  cartId: string,
  consistency: Consistency,
): Promise<Item | undefined> {
  const input = {
    TableName: tableName,
    Key: { cart_id: { S: cartId } },
    ConsistentRead: consistency === 'strong',
  }
  const { Item } = await resend(() => request('GetItem', input), { repeatable: true })
  return Item
}
