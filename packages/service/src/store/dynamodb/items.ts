import type { Consistency } from '../cart-store.ts'
import { coalesce, type QueueBounds } from '../coalesce.ts'
import type { Item } from './attributes.ts'
import { type Batch, batchOnce } from './batch-get.ts'
import { isNamed } from './errors.ts'
import type { Requests } from './resend.ts'

/** The item of a cart, or `undefined` when there is none. */
export type ReadItem = (cartId: string) => Promise<Item | undefined>

/** Reads the item of one cart; concurrent reads are coalesced. */
export function readItem(
  { items }: { readonly items: Readonly<Record<Consistency, ReadItem>> },
  cartId: string,
  consistency: Consistency = 'strong',
): Promise<Item | undefined> {
  return items[consistency](cartId)
}

/**
 * Batches in flight per consistency, and carts per batch. With an endpoint that responds at once, 64 readers get 3 times the
 * throughput of single reads. More batches in flight make batches smaller; larger batches only delay their members. 25 carts
 * of 400 KB fit into one response of 16 MB.
 */
export const COALESCED = { maxInFlight: 8, maxInBatch: 25 }

/**
 * Reads of single carts, coalesced separately for each consistency.
 *
 * @param queue  of each consistency
 * @param isHere whether a strong read of that item stays in this region. Others are not coalesced: they take longer, and the
 *   failure of their region must not become that of a batch
 */
export function openItems(
  client: Requests,
  queue: QueueBounds,
  isHere: (cartId: string) => boolean = () => true,
): Readonly<Record<Consistency, ReadItem>> {
  const reads = (consistency: Consistency) => coalescedReads(client, consistency, queue)
  const strong = reads('strong')
  return {
    strong: (cartId) => (isHere(cartId) ? strong(cartId) : getItem(client, cartId, 'strong')),
    eventual: reads('eventual'),
  }
}

/** Items by cart; a promise for a deferred read. */
type Found = ReadonlyMap<string, Item | undefined | ReturnType<ReadItem>>

function coalescedReads(client: Requests, consistency: Consistency, queue: QueueBounds): ReadItem {
  const one: ReadItem = (cartId) => getItem(client, cartId, consistency)

  async function readAll(cartIds: readonly string[]): Promise<Found> {
    const [first] = cartIds
    if (first === undefined) return new Map()
    if (cartIds.length === 1) return new Map([[first, await one(first)]])
    const { items, left } = await together(client, cartIds, consistency)
    const found = new Map<string, Item | ReturnType<ReadItem>>(items)
    // Deferred: only that member waits for its own read.
    for (const cartId of left) found.set(cartId, one(cartId))
    return found
  }

  return coalesce({
    ...COALESCED,
    ...queue,
    run: async (cartIds: readonly string[]) => {
      const found = await readAll([...new Set(cartIds)])
      return cartIds.map((cartId) => fulfilled(found.get(cartId)))
    },
  })
}

function fulfilled<T>(value: T): PromiseSettledResult<T> {
  return { status: 'fulfilled', value }
}

/** One batch. A key that the database refuses fails the whole batch, so that each cart then gets a separate read. */
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
  { tableName, request, resend, complete }: Requests,
  cartId: string,
  consistency: Consistency,
): Promise<Item | undefined> {
  const input = {
    TableName: tableName,
    Key: { cart_id: { S: cartId } },
    ConsistentRead: consistency === 'strong',
  }
  const { Item } = await resend(() => request('GetItem', input), { repeatable: true })
  return Item && complete(Item)
}
