import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { type Cart, isVisible } from '../../cart/cart.ts'
import { type EntityId, idKey } from '../../cart/ids.ts'
import type { CartStore, Order, Page, PageRequest } from '../cart-store.ts'
import {
  cartCursor,
  type OrderPosition,
  orderCursor,
  parseCartCursor,
  parseOrderCursor,
} from '../cursor.ts'
import { BATCH_KEYS, batchGet } from './batch-get.ts'
import type { Clients } from './clients.ts'
import { cartOf, orderKey, textIn } from './item.ts'
import { CUSTOMER_CARTS, CUSTOMER_ORDERS } from './table.ts'

/**
 * The lists: an index says which carts, and strong reads of the table say what is in them. The indexes of
 * the real service follow the table with a delay, usually of milliseconds, so a list may for that long
 * lack a cart or order that was just made; what it does show is current.
 */

/** See `CartStore.listCarts`. */
export async function listCarts(
  clients: Clients,
  customerId: EntityId,
  page: Parameters<CartStore['listCarts']>[1],
): Promise<Page<Cart>> {
  return readPage(clients, customerId, {
    index: CUSTOMER_CARTS,
    sortKey: 'cart_id',
    before: page.cursor === undefined ? undefined : parseCartCursor(page.cursor),
    limit: page.limit,
    keep: (cart): cart is Cart => isVisible(cart, page.now),
    cursorOf: (sortKey) => cartCursor(sortKey),
  })
}

/** See `CartStore.listOrders`. */
export async function listOrders(
  clients: Clients,
  customerId: EntityId,
  page: PageRequest,
): Promise<Page<Order>> {
  return readPage(clients, customerId, {
    index: CUSTOMER_ORDERS,
    sortKey: 'order_key',
    before: page.cursor === undefined ? undefined : orderKey(parseOrderCursor(page.cursor)),
    limit: page.limit,
    keep: isOrder,
    cursorOf: (sortKey) => orderCursor(positionOf(sortKey)),
  })
}

export function isOrder(cart: Cart): cart is Order {
  return cart.status === 'checked_out'
}

interface Listing<T extends Cart> {
  readonly index: string
  readonly sortKey: 'cart_id' | 'order_key'
  /** Only entries before this sort key, which is where the page before ended. */
  readonly before: string | undefined
  readonly limit: number
  readonly keep: (cart: Cart) => cart is T
  readonly cursorOf: (sortKey: string) => string
}

/**
 * Index entries read for one page at most. Expired carts that TTL has not removed yet are passed over,
 * so that pages are the same as on the other stores. A customer with more of them than this in a row
 * gets a short page with a cursor, and the next page goes on from there.
 */
const MOST_ENTRIES = 5_000

/** Reads until there is one item more than asked for, which tells whether this page is the last. */
async function readPage<T extends Cart>(
  clients: Clients,
  customerId: EntityId,
  { index, sortKey, before, limit, keep, cursorOf }: Listing<T>,
): Promise<Page<T>> {
  const kept: { readonly key: string; readonly item: T }[] = []
  let position = before
  for (let entries = 0; entries < MOST_ENTRIES; ) {
    const want = Math.min(BATCH_KEYS, limit + 1 - kept.length)
    const found = await queryIndex(clients, customerId, { index, sortKey, position, want })
    const keys = new Map(found.map((entry) => [entry.cartId, entry.key]))
    for (const item of await batchGet(clients, [...keys.keys()])) {
      const cart = cartOf(item)
      if (keep(cart)) kept.push({ key: keys.get(cart.cartId) ?? '', item: cart })
    }
    if (kept.length > limit) {
      const items = kept.slice(0, limit)
      return { items: items.map(({ item }) => item), cursor: cursorOf(items.at(-1)?.key ?? '') }
    }
    position = found.at(-1)?.key
    if (position === undefined || found.length < want)
      return { items: kept.map(({ item }) => item), cursor: null }
    entries += found.length
  }
  return { items: kept.map(({ item }) => item), cursor: cursorOf(position ?? '') }
}

interface IndexRange {
  readonly index: string
  readonly sortKey: string
  readonly position: string | undefined
  readonly want: number
}

/** The next entries of a customer in an index, latest first; fewer than wanted only at its end. */
async function queryIndex(
  { reads, tableName }: Clients,
  customerId: EntityId,
  { index, sortKey, position, want }: IndexRange,
) {
  const { Items } = await reads.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: index,
      KeyConditionExpression:
        position === undefined
          ? 'customer_id = :customer'
          : `customer_id = :customer AND ${sortKey} < :position`,
      ExpressionAttributeValues: {
        ':customer': { S: idKey(customerId) },
        ...(position !== undefined && { ':position': { S: position } }),
      },
      ScanIndexForward: false,
      Limit: want,
    }),
  )
  return (Items ?? []).map((entry) => ({
    cartId: textIn(entry, 'cart_id'),
    key: textIn(entry, sortKey),
  }))
}

function positionOf(key: string): OrderPosition {
  const [orderedAt = '', cartId = ''] = key.split('#')
  return { orderedAt: Number(orderedAt), cartId }
}
