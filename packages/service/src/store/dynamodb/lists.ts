import { type Cart, isOrder, isVisible, type Order } from '../../cart/cart.ts'
import { type EntityId, idKey } from '../../cart/ids.ts'
import type { CartPageRequest, ListedStatus, Page, PageRequest } from '../cart-store.ts'
import {
  cartPosition,
  cursorOf,
  LIST_START,
  orderPosition,
  type Position,
  pageOf,
  startOf,
} from '../cursor.ts'
import { type Item, textIn } from './attributes.ts'
import { BATCH_KEYS, batchGet } from './batch-get.ts'
import type { Client } from './client.ts'
import { cartOf, isDeleted, positionKey, positionOf } from './item.ts'
import { isRecord } from './item-residence.ts'
import { asSeen, pendingInto } from './merge-updates.ts'
import { CUSTOMER_CARTS, CUSTOMER_ORDERS } from './table.ts'

/**
 * Lists: an index has the ids of the carts, and strong reads of the table return their content. On AWS, indexes lag behind
 * the table, usually by milliseconds. So a new cart or order may be missing from a list for that long, but the content
 * of listed carts is current.
 */

/** See `CartStore.listCarts`. */
export async function listCarts(
  client: Client,
  customerId: EntityId,
  page: CartPageRequest,
): Promise<Page<Cart>> {
  const { status, now } = page
  // Before anything is read.
  startOf(page)
  const isCandidate =
    status === undefined ? () => true : await candidates(client, customerId, status)
  return readPage(client, customerId, page, {
    index: CUSTOMER_CARTS,
    sortKey: 'cart_key',
    isCandidate,
    keep: (cart): cart is Cart =>
      (status === undefined ? cart.status !== 'merged' : cart.status === status) &&
      isVisible(cart, now),
    place: cartPosition,
  })
}

/**
 * Which carts may have a status. The entries of the index of orders say which of a customer's carts are orders, so that for
 * a page of one status the carts of the other status are not read: an entry takes about 120 bytes, a cart up to 400 KB. An index of
 * active carts would make every creation and every checkout a write more expensive, for a filter that few requests have.
 * If the index of orders lags, a cart is read and dropped, or a new order is missing for a moment, as from the list of orders.
 */
async function candidates(
  client: Client,
  customerId: EntityId,
  status: ListedStatus,
): Promise<(cartId: string) => boolean> {
  const orders = await queryIndex(client, idKey(customerId), {
    index: CUSTOMER_ORDERS,
    sortKey: 'order_key',
    before: positionKey(LIST_START),
    want: MAX_ENTRIES,
  })
  const ids = new Set(orders.keys.map((key) => positionOf(key).cartId))
  if (status === 'active') return (cartId) => !ids.has(cartId)
  // Of a customer with more orders than are read at once, any cart may be one.
  return orders.isAll ? (cartId) => ids.has(cartId) : () => true
}

/** See `CartStore.listOrders`. */
export function listOrders(
  client: Client,
  customerId: EntityId,
  page: PageRequest,
): Promise<Page<Order>> {
  return readPage(client, customerId, page, {
    index: CUSTOMER_ORDERS,
    sortKey: 'order_key',
    isCandidate: () => true,
    keep: isOrder,
    place: orderPosition,
  })
}

interface Listing<T extends Cart> {
  readonly index: string
  readonly sortKey: 'cart_key' | 'order_key'
  /** Whether the cart with that id can be one to keep, so that it must be read. */
  readonly isCandidate: (cartId: string) => boolean
  readonly keep: (cart: Cart) => cart is T
  readonly place: (item: T) => Position
}

/**
 * Maximum number of index entries that are read for one page. Deleted, merged and expired carts that TTL has not removed yet
 * are skipped, so that pages are the same as on other stores. A customer with more consecutive such carts gets a
 * short page with a cursor, and the next page continues from there.
 */
const MAX_ENTRIES = 5_000

/** Reads until there is one item more than requested, which tells whether this page is the last. */
async function readPage<T extends Cart>(
  client: Client,
  customerId: EntityId,
  page: PageRequest & Partial<Pick<CartPageRequest, 'status'>>,
  listing: Listing<T>,
): Promise<Page<T>> {
  const found: T[] = []
  let before = positionKey(startOf(page))
  let want = Math.min(BATCH_KEYS, page.limit + 1)
  for (let entries = 0; entries < MAX_ENTRIES; ) {
    const { keys } = await queryIndex(client, idKey(customerId), { ...listing, before, want })
    const wanted = keys.filter((key) => listing.isCandidate(positionOf(key).cartId))
    const kept = await cartsAt(client, customerId, wanted, listing)
    found.push(...kept)
    const last = keys.at(-1)
    if (found.length > page.limit || last === undefined || keys.length < want) {
      return pageOf(found, page, listing.place)
    }
    before = last
    entries += keys.length
    // Skipped entries are read in growing steps, even if only one item is missing.
    want = Math.min(BATCH_KEYS, kept.length === 0 ? want * 2 : page.limit + 1 - found.length)
  }
  return { items: found, cursor: cursorOf(positionOf(before), page.status) }
}

/** The carts at those positions of the list, unless another cart is there by now: an expired cart can be replaced. */
async function cartsAt<T extends Cart>(
  client: Client,
  customerId: EntityId,
  keys: readonly string[],
  { sortKey, keep }: Listing<T>,
): Promise<T[]> {
  const places = new Set(keys)
  const isThere = (item: Item) =>
    !isDeleted(item) &&
    places.has(item[sortKey]?.S ?? '') &&
    item.customer_id?.S === idKey(customerId)
  const cartIds = keys.map((key) => positionOf(key).cartId)
  const items = await batchGet(client, cartIds)
  const frozenFor = [...items.values()].map(pendingInto).filter((into) => into !== undefined)
  const targets = await batchGet(client, [...new Set(frozenFor)])
  return cartIds
    .map((cartId) => items.get(cartId))
    .filter((item) => item !== undefined)
    .filter((item) => !isRecord(item))
    .filter(isThere)
    .map((item) => cartOf(asSeen(item, targets.get(pendingInto(item) ?? ''))))
    .filter(keep)
}

interface IndexRange {
  readonly index: string
  readonly sortKey: string
  /** Only entries before this sort key, where the previous page ended. */
  readonly before: string
  readonly want: number
}

interface Entries {
  /** Sort keys, latest first. */
  readonly keys: readonly string[]
  /** Whether these are all entries of the range; otherwise there may be more. */
  readonly isAll: boolean
}

/** A customer's next entries in an index. At most `want`; fewer than that and 1 MB only at the end. */
export async function queryIndex(
  { tableName, request, resend }: Client,
  customerKey: string,
  { index, sortKey, before, want }: IndexRange,
): Promise<Entries> {
  const input = {
    TableName: tableName,
    IndexName: index,
    KeyConditionExpression: `customer_id = :customer AND ${sortKey} < :before`,
    ExpressionAttributeValues: {
      ':customer': { S: customerKey },
      ':before': { S: before },
    },
    ScanIndexForward: false,
    Limit: want,
  }
  const { Items, LastEvaluatedKey } = await resend(() => request('Query', input), {
    repeatable: true,
  })
  return {
    keys: (Items ?? []).map((entry) => textIn(entry, sortKey)),
    isAll: LastEvaluatedKey === undefined,
  }
}
