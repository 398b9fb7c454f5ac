import type { Cart, NewLine } from '../../cart/cart.ts'
import { CartError, ERRORS, type ErrorCode } from '../../cart/errors.ts'
import { idKey, parseCartId } from '../../cart/ids.ts'
import { cartLinesLimit, cartUnitsLimit, lineQuantityLimit } from '../../cart/rules.ts'
import type { CartStore, Changed, ChangeOptions, Order, Page, PageRequest } from '../cart-store.ts'
import { cartCursor, orderCursor, parseCartCursor, parseOrderCursor } from '../cursor.ts'
import { type ConnectionOptions, createPool } from './connection.ts'
import { type Database, openDatabase } from './database.ts'
import { ensureSchema } from './migrate.ts'
import { type CartRow, cartsOf } from './rows.ts'
import * as sql from './statements.ts'

export interface PostgresStoreOptions extends ConnectionOptions {
  /** Create or update the schema first; safe when many instances start at once. Default false. */
  readonly migrate?: boolean | undefined
}

/**
 * A store on PostgreSQL. Every method is one statement, so one round trip and one moment.
 *
 * @throws CartError STORE_MISCONFIGURED (bad URL, missing or foreign schema, refused password) or
 *         STORE_UNAVAILABLE (no answer)
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<CartStore> {
  const pool = createPool(options)
  await ensureSchema(options.databaseUrl, options.migrate ?? false)
  return storeOn(openDatabase(pool))
}

function storeOn(database: Database): CartStore {
  return {
    kind: 'postgres',
    async createCart({ cartId, customerId, now, expiresAt }) {
      await database.run(sql.CREATE_CART, [cartId, idKey(customerId), now, expiresAt])
    },
    async getCart(cartId, { now }) {
      // One primary answers all reads, so an eventual read costs the same as a strong one.
      if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
      const [cart] = cartsOf(await database.run<CartRow>(sql.GET_CART, [cartId, now]))
      if (cart === undefined) throw new CartError('CART_NOT_FOUND')
      return cart
    },
    async addLines(cartId, lines, change) {
      if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
      const [row] = await database.run<ChangeRow>(sql.ADD_LINES, [
        cartId,
        ...columnsOf(lines),
        change.now,
        change.expiresAt,
        change.limits.maxLineQuantity,
        change.limits.maxLines,
        change.limits.maxUnits,
      ])
      return changed(row, change)
    },
    async checkout(cartId, change) {
      if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
      const [row] = await database.run<ChangeRow>(sql.CHECKOUT, [cartId, change.now])
      return changed(row, change)
    },
    async listCarts(customerId, page) {
      const after = page.cursor === undefined ? AFTER_ALL_IDS : parseCartCursor(page.cursor)
      const values = [idKey(customerId), after, page.now, page.limit + 1]
      const carts = cartsOf(await database.run<CartRow>(sql.LIST_CARTS, values))
      return paged(carts, page, (cart) => cartCursor(cart.cartId))
    },
    async getOrder(orderId) {
      if (!isIssuable(orderId)) throw new CartError('ORDER_NOT_FOUND')
      const [order] = cartsOf(await database.run<CartRow>(sql.GET_ORDER, [orderId])).filter(isOrder)
      if (order === undefined) throw new CartError('ORDER_NOT_FOUND')
      return order
    },
    async listOrders(customerId, page) {
      const after = page.cursor === undefined ? LATEST : parseOrderCursor(page.cursor)
      const values = [idKey(customerId), after.orderedAt, after.cartId, page.limit + 1]
      const orders = cartsOf(await database.run<CartRow>(sql.LIST_ORDERS, values)).filter(isOrder)
      return paged(orders, page, orderCursor)
    },
    async ping() {
      await database.run(sql.PING, [])
    },
    close: () => database.close(),
  }
}

/** Above every id and time there is, so that a first page needs no statement of its own. */
const AFTER_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const LATEST = { orderedAt: Number.MAX_SAFE_INTEGER, cartId: AFTER_ALL_IDS }

/** PostgreSQL would reject anything that is no UUID, and read upper case as the same one. */
function isIssuable(cartId: string): boolean {
  return parseCartId(cartId) === cartId
}

function columnsOf(lines: readonly NewLine[]): unknown[] {
  return [
    lines.map((line) => idKey(line.productId)),
    lines.map((line) => line.productName),
    lines.map((line) => line.unitPrice),
    lines.map((line) => line.quantity),
  ]
}

/** What the functions of `0002_changes.sql` return. */
interface ChangeRow {
  readonly outcome: string
  readonly new_version: number
}

function changed(row: ChangeRow | undefined, { limits }: ChangeOptions): Changed {
  switch (row?.outcome) {
    case 'CHANGED':
      return { version: row.new_version }
    case 'LINE_QUANTITY_LIMIT':
      throw lineQuantityLimit(limits)
    case 'CART_LINES_LIMIT':
      throw cartLinesLimit(limits)
    case 'CART_UNITS_LIMIT':
      throw cartUnitsLimit(limits)
    default:
      throw new CartError(isErrorCode(row?.outcome) ? row.outcome : 'INTERNAL_ERROR')
  }
}

function isErrorCode(value: string | undefined): value is ErrorCode {
  return value !== undefined && Object.hasOwn(ERRORS, value)
}

function isOrder(cart: Cart): cart is Order {
  return cart.status === 'checked_out'
}

/** The page of a query that asked for one item more than the page holds. */
function paged<T>(
  found: readonly T[],
  { limit }: PageRequest,
  cursorOf: (item: T) => string,
): Page<T> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, cursor: last !== undefined && found.length > limit ? cursorOf(last) : null }
}
