import { isOrder } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { idFromKey, idKey } from '../../cart/ids.ts'
import type { CartStore, Changed, ChangeOptions } from '../cart-store.ts'
import { cartPosition, orderPosition, pageOf, startOf } from '../cursor.ts'
import type { StoreEvents } from '../store-events.ts'
import { type Change, type ChangeRow, changed, changeValues, isIssuable } from './changes.ts'
import { type ConnectionOptions, createPool } from './connection.ts'
import { type Database, openDatabase } from './database.ts'
import { ensureSchema } from './migrate.ts'
import { type CartRow, cartsOf } from './rows.ts'
import * as sql from './statements.ts'

export interface PostgresStoreOptions extends ConnectionOptions {
  /** Create or update the schema first; safe when many instances start at once. Default false. */
  readonly migrate?: boolean | undefined
  /** Told what its answers do not show. */
  readonly events?: StoreEvents | undefined
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
  return storeOn(openDatabase(pool, options.events))
}

function storeOn(database: Database): CartStore {
  async function change(cartId: string, what: Change, options: ChangeOptions): Promise<Changed> {
    if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
    const values = changeValues(cartId, what, options)
    const [row] = await database.run<ChangeRow>(sql.CHANGE_CART, values)
    return changed(row, options)
  }

  return {
    kind: 'postgres',
    async createCart({ cartId, customerId, now, expiresAt }) {
      const values = [cartId, idKey(customerId), now, expiresAt]
      const [row] = await database.run<{ outcome: string }>(sql.CREATE_CART, values)
      if (row?.outcome === 'IDEMPOTENCY_KEY_REUSED') throw new CartError('IDEMPOTENCY_KEY_REUSED')
      return { version: 1, replayed: row?.outcome === 'REPLAYED' }
    },
    async getCart(cartId, { now }) {
      // One primary answers all reads, so an eventual read costs the same as a strong one.
      if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
      const [cart] = cartsOf(await database.run<CartRow>(sql.GET_CART, [cartId, now]))
      if (cart === undefined) throw new CartError('CART_NOT_FOUND')
      return cart
    },
    async getOwner(cartId, now) {
      if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
      const [row] = await database.run<{ customer_id: string }>(sql.GET_OWNER, [cartId, now])
      if (row === undefined) throw new CartError('CART_NOT_FOUND')
      return idFromKey(row.customer_id)
    },
    addLines: (cartId, lines, options) => change(cartId, { do: 'add', lines }, options),
    setLine: (cartId, line, options) => change(cartId, { do: 'set', lines: [line] }, options),
    removeLine: (cartId, productId, options) =>
      change(cartId, { do: 'remove', productId }, options),
    emptyCart: (cartId, options) => change(cartId, { do: 'empty' }, options),
    deleteCart: (cartId, options) => change(cartId, { do: 'delete' }, options),
    mergeCart: (cartId, merge, options) => change(cartId, { do: 'merge', ...merge }, options),
    checkout: (cartId, options) => change(cartId, { do: 'checkout' }, options),
    async listCarts(customerId, page) {
      const start = startOf(page)
      const values = [idKey(customerId), start.at, start.cartId, page.now, page.limit + 1]
      const carts = cartsOf(await database.run<CartRow>(sql.LIST_CARTS, values))
      return pageOf(carts, page, cartPosition)
    },
    async getOrder(orderId) {
      if (!isIssuable(orderId)) throw new CartError('ORDER_NOT_FOUND')
      const [order] = cartsOf(await database.run<CartRow>(sql.GET_ORDER, [orderId])).filter(isOrder)
      if (order === undefined) throw new CartError('ORDER_NOT_FOUND')
      return order
    },
    async listOrders(customerId, page) {
      const start = startOf(page)
      const values = [idKey(customerId), start.at, start.cartId, page.limit + 1]
      const orders = cartsOf(await database.run<CartRow>(sql.LIST_ORDERS, values)).filter(isOrder)
      return pageOf(orders, page, orderPosition)
    },
    async sweepExpired(now, limit) {
      const [row] = await database.run<{ swept: number }>(sql.SWEEP_EXPIRED, [now, limit])
      return row?.swept ?? 0
    },
    async ping() {
      await database.run(sql.PING, [])
    },
    close: () => database.close(),
  }
}
