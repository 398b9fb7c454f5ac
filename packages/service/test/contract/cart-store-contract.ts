import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCartId } from '../../src/cart/ids.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'
import { describeActiveCart } from './active-cart.ts'
import { describeChanges } from './changes.ts'
import { describeClocks } from './clocks.ts'
import { describeConcurrency } from './concurrency.ts'
import { describeConcurrentModel } from './concurrent-model.ts'
import { describeCurrency } from './currency.ts'
import { describeDocumented } from './documented.ts'
import {
  codeOf,
  create,
  keyed,
  line,
  newCustomer,
  options,
  strong,
  T0,
  TTL_SECONDS,
} from './fixtures.ts'
import { describeIdempotency } from './idempotency.ts'
import { describeIds } from './ids.ts'
import { describeLineAttributes } from './line-attributes.ts'
import { describeLists } from './lists.ts'
import { describeLoweredLimits } from './lowered-limits.ts'
import { describeMerge } from './merge.ts'
import { describeMergeStories } from './merge-stories.ts'
import { describeModelEquivalence } from './model-equivalence.ts'
import { describeOwner } from './owner.ts'
import { describePrices } from './prices.ts'

/** The executable definition of `CartStore`. Runs once per implementation, each on a separate real database. */
export function describeCartStore(name: string, open: () => Promise<CartStore>): void {
  describe(`cart store contract: ${name}`, () => {
    let store: CartStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(async () => {
      await store?.close()
    })
    const get = () => store

    // First, because its sweeps remove the carts of all other tests, whose time is in the past.
    describeClocks(get)
    describeCreateAndGet(get)
    describeAddLines(get)
    describeLimits(get)
    describeCheckout(get)
    describeChanges(get)
    describeIdempotency(get)
    describeMerge(get)
    describeMergeStories(get)
    describeOwner(get)
    describeExpiry(get)
    describeCurrency(get)
    describeIds(get)
    describeLineAttributes(get)
    describeLoweredLimits(get)
    describePrices(get)
    describeLists(get)
    describeActiveCart(get)
    describeConcurrency(get)
    describeConcurrentModel(get)
    describeModelEquivalence(get)
    describeDocumented(get)

    it('responds to a ping, with the time of its database if it has one', async () => {
      const time = await store.ping()
      if (store.kind === 'memory') expect(time).toBeUndefined()
      else expect(Date.now() - (time?.now ?? 0)).toBeLessThan(3_600_000)
    })
  })
}

type Get = () => CartStore

function describeCreateAndGet(get: Get): void {
  describe('create and get', () => {
    it('returns a new cart empty, active and of version 1', async () => {
      const cartId = await create(get(), 7)
      expect(await get().getCart(cartId, strong())).toEqual({
        cartId,
        customerId: 7,
        currency: { code: 'USD', digits: 2 },
        status: 'active',
        version: 1,
        lines: [],
        createdAt: T0,
        updatedAt: T0,
        expiresAt: Math.ceil(T0 / 1000 + TTL_SECONDS) * 1000,
        orderedAt: null,
      })
    })

    it.each([
      1,
      9007199254740991,
      '110248495921238986420',
      '1'.repeat(64),
      'a',
      'anna@example.org',
      "o'neil",
      '__proto__',
      '7a',
      'é'.repeat(64),
    ])('returns the customer and product id %s with its type', async (id) => {
      const cartId = await create(get(), id)
      await get().addLines(cartId, [line(id)], options())
      const cart = await get().getCart(cartId, strong())
      expect(cart.customerId).toBe(id)
      expect(cart.lines.map((each) => each.productId)).toEqual([id])
    })

    it('does not find a cart that was never created', async () => {
      const missing = newCartId(T0)
      expect(await codeOf(get().getCart(missing, strong()))).toBe('CART_NOT_FOUND')
      expect(await codeOf(get().getCart(missing, { now: T0, consistency: 'eventual' }))).toBe(
        'CART_NOT_FOUND',
      )
    })
  })
}

function describeAddLines(get: Get): void {
  describe('add lines', () => {
    it('keeps name and price, adds up quantities and counts versions', async () => {
      const cartId = await create(get())
      expect(await get().addLines(cartId, [line(1, 2, 500)], options(T0 + 10))).toEqual({
        version: 2,
        replayed: false,
      })
      const renamed = { ...line(1, 3, 999), productName: 'Renamed' }
      expect(await get().addLines(cartId, [renamed], options(T0 + 20))).toEqual({
        version: 3,
        replayed: false,
      })
      const cart = await get().getCart(cartId, strong(T0 + 20))
      expect(cart).toMatchObject({ version: 3, createdAt: T0, updatedAt: T0 + 20 })
      expect(cart.lines).toEqual([
        {
          productId: 1,
          productName: 'Product 1',
          unitPrice: 500,
          quantity: 5,
          createdAt: T0 + 10,
          updatedAt: T0 + 20,
        },
      ])
    })

    it('keeps any name as it is', async () => {
      const names = ['', 'NULL', '"', '{a,b}', 'a\\b', ' ', '\n', '\u001d', '\u001e\u001f', '🛒é']
      const carts = await Promise.all(
        names.map(async (productName) => {
          const cartId = await create(get())
          const lines = [{ ...line(1), productName }, line(2)]
          await get().addLines(cartId, lines, options(T0 + 1))
          return cartId
        }),
      )
      // At once, so that stores that batch reads find all names in one batch.
      const read = await Promise.all(carts.map((cartId) => get().getCart(cartId, strong(T0 + 1))))
      expect(read.map(({ lines }) => lines.map((each) => each.productName))).toEqual(
        names.map((name) => [name, 'Product 2']),
      )
    })

    it('adds several lines as one change', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(2, 1)], options(T0 + 1))
      const lines = [line(1, 1), line(2, 2), line('x', 3)]
      expect(await get().addLines(cartId, lines, options(T0 + 2))).toEqual({
        version: 3,
        replayed: false,
      })
      const cart = await get().getCart(cartId, strong(T0 + 2))
      expect(cart.lines.map((each) => [each.productId, each.quantity])).toEqual([
        [2, 3],
        [1, 1],
        ['x', 3],
      ])
    })

    it('holds 50 lines, oldest first, lines of one moment by product id', async () => {
      const cartId = await create(get())
      for (let n = 50; n >= 1; n--) {
        await get().addLines(cartId, [line(n, n)], options(T0 + (n > 25 ? 1 : 2)))
      }
      const cart = await get().getCart(cartId, strong(T0 + 2))
      const byKey = (from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i)
          .map(String)
          .sort()
          .map(Number)
      expect(cart.lines.map((each) => each.productId)).toEqual([...byKey(26, 50), ...byKey(1, 25)])
      expect(cart.lines.every((each) => each.quantity === each.productId)).toBe(true)
      expect(cart.version).toBe(51)
    })

    it('adds 100 lines at once', async () => {
      const cartId = await create(get())
      const lines = Array.from({ length: 100 }, (_, i) => line(i + 1, i + 1))
      await get().addLines(cartId, lines, options(T0, { maxLines: 100 }))
      const cart = await get().getCart(cartId, strong())
      expect(cart.version).toBe(2)
      expect(cart.lines).toHaveLength(100)
      expect(cart.lines.every((each) => each.quantity === each.productId)).toBe(true)
    })

    it('refuses a cart that does not exist', async () => {
      expect(await codeOf(get().addLines(newCartId(T0), [line(1)], options()))).toBe(
        'CART_NOT_FOUND',
      )
      const two = [line(1), line(2)]
      expect(await codeOf(get().addLines(newCartId(T0), two, options()))).toBe('CART_NOT_FOUND')
    })

    it('refuses a checked-out cart and changes nothing', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options())
      await get().checkout(cartId, options())
      const before = await get().getCart(cartId, strong())
      expect(await codeOf(get().addLines(cartId, [line(1)], options()))).toBe('CART_NOT_ACTIVE')
      const two = [line(1), line(2)]
      expect(await codeOf(get().addLines(cartId, two, options()))).toBe('CART_NOT_ACTIVE')
      expect(await get().getCart(cartId, strong())).toEqual(before)
    })
  })
}

function describeLimits(get: Get): void {
  describe('limits', () => {
    const full = { maxLineQuantity: 5, maxLines: 2, maxUnits: 8 }
    it.each([
      ['LINE_QUANTITY_LIMIT', [line(1, 6)]],
      ['LINE_QUANTITY_LIMIT', [line(1, 1)]],
      ['CART_UNITS_LIMIT', [line(2, 4)]],
      ['CART_LINES_LIMIT', [line(2, 1), line(3, 1)]],
      ['LINE_QUANTITY_LIMIT', [line(2, 1), line(3, 1), line(1, 1)]],
      ['CART_LINES_LIMIT', [line(2, 5), line(3, 5)]],
      ['LINE_QUANTITY_LIMIT', [line(2, 6)]],
      ['LINE_QUANTITY_LIMIT', [line(2, 1), line(3, 6)]],
      ['nothing failed', [line(2, 3)]],
    ])('fails with %s for %j on a cart with 5 units of product 1', async (code, lines) => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1, 5)], options(T0, full))
      const before = await get().getCart(cartId, strong())
      expect(await codeOf(get().addLines(cartId, lines, options(T0, full)))).toBe(code)
      const after = await get().getCart(cartId, strong())
      if (code !== 'nothing failed') expect(after).toEqual(before)
      else expect(after.version).toBe(3)
    })

    it('names the first product of the request that exceeds the limit', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line('b', 5), line(1, 5)], options(T0, { maxLineQuantity: 5 }))
      const lines = [line(2, 1), line('b', 1), line(1, 1)]
      const message = 'Product b: a line can have at most 5 units.'
      await expect(
        get().addLines(cartId, lines, options(T0, { maxLineQuantity: 5 })),
      ).rejects.toMatchObject({
        message,
      })
      const set = get().setLine(cartId, line(1, 6), options(T0, { maxLineQuantity: 5 }))
      await expect(set).rejects.toMatchObject({
        message: 'Product 1: a line can have at most 5 units.',
      })
    })

    it('a full cart accepts more units of its products, but no further product', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options(T0, { maxLines: 1 }))
      expect(await codeOf(get().addLines(cartId, [line(2)], options(T0, { maxLines: 1 })))).toBe(
        'CART_LINES_LIMIT',
      )
      expect(await get().addLines(cartId, [line(1)], options(T0, { maxLines: 1 }))).toEqual({
        version: 3,
        replayed: false,
      })
    })
  })
}

function describeCheckout(get: Get): void {
  describe('checkout', () => {
    it('freezes the cart as an order with exactly its lines', async () => {
      const cartId = await create(get(), 'anna')
      await get().addLines(cartId, [line(1, 2, 500), line('b', 1, 250)], options(T0 + 1))
      const { lines } = await get().getCart(cartId, strong(T0 + 1))
      expect(await get().checkout(cartId, options(T0 + 2))).toEqual({ version: 3, replayed: false })
      const order = await get().getOrder(cartId)
      expect(order).toEqual({
        cartId,
        customerId: 'anna',
        currency: { code: 'USD', digits: 2 },
        status: 'checked_out',
        version: 3,
        lines,
        createdAt: T0,
        updatedAt: T0 + 2,
        expiresAt: null,
        orderedAt: T0 + 2,
      })
      expect(await get().getCart(cartId, strong(T0 + 2))).toEqual(order)
    })

    it('refuses an empty cart, a missing cart and a second checkout', async () => {
      const cartId = await create(get())
      expect(await codeOf(get().checkout(cartId, options()))).toBe('CART_EMPTY')
      expect(await codeOf(get().checkout(newCartId(T0), options()))).toBe('CART_NOT_FOUND')
      await get().addLines(cartId, [line(1)], options())
      await get().checkout(cartId, options())
      expect(await codeOf(get().checkout(cartId, options()))).toBe('CART_NOT_ACTIVE')
    })

    it('finds no order for a cart that is active or does not exist', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options())
      expect(await codeOf(get().getOrder(cartId))).toBe('ORDER_NOT_FOUND')
      expect(await codeOf(get().getOrder(newCartId(T0)))).toBe('ORDER_NOT_FOUND')
    })
  })
}

const keyedFrom = (change: ChangeOptions) => ({ ...change, key: keyed('late').key })

function describeExpiry(get: Get): void {
  describe('expiry', () => {
    const end = Math.ceil(T0 / 1000 + TTL_SECONDS) * 1000

    it('hides a cart from every call from the millisecond of its expiry', async () => {
      const customer = newCustomer()
      const cartId = await create(get(), customer)
      await get().addLines(cartId, [line(1)], options())
      expect((await get().getCart(cartId, strong(end - 1))).expiresAt).toBe(end)
      expect(await codeOf(get().getCart(cartId, strong(end)))).toBe('CART_NOT_FOUND')
      expect(await codeOf(get().addLines(cartId, [line(1)], options(end)))).toBe('CART_NOT_FOUND')
      const two = [line(1), line(2)]
      expect(await codeOf(get().addLines(cartId, two, options(end)))).toBe('CART_NOT_FOUND')
      expect(await codeOf(get().checkout(cartId, options(end)))).toBe('CART_NOT_FOUND')
      const page = await get().listCarts(customer, { limit: 10, now: end })
      expect(page).toEqual({ items: [], cursor: null })
    })

    it('every change extends the expiry', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options(end - 1000))
      const cart = await get().getCart(cartId, strong(end))
      expect(cart.expiresAt).toBe(Math.ceil((end - 1000) / 1000 + TTL_SECONDS) * 1000)
    })

    it.each<
      [string, (store: CartStore, cartId: string, change: ChangeOptions) => Promise<unknown>]
    >([
      ['an add', (store, id, change) => store.addLines(id, [line(1)], change)],
      ['a keyed add', (store, id, change) => store.addLines(id, [line(1)], keyedFrom(change))],
      ['a set', (store, id, change) => store.setLine(id, line(1, 3), change)],
      ['a removal', (store, id, change) => store.removeLine(id, 1, change)],
      ['emptying', (store, id, change) => store.emptyCart(id, change)],
      [
        'a merge into it',
        async (store, id, change) =>
          store.mergeCart(id, { fromCartId: await create(store), strategy: 'sum' }, change),
      ],
    ])('never moves backwards by %s', async (_, call) => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options(end - 1000))
      const { expiresAt } = await get().getCart(cartId, strong(end - 1000))
      // A caller whose clock is behind, and one with a shorter lifetime.
      await call(get(), cartId, options(T0 + 1))
      expect((await get().getCart(cartId, strong(end))).expiresAt).toBe(expiresAt)
      await get().addLines(cartId, [line(2)], { ...options(end), expiresAt: end + 1000 })
      expect((await get().getCart(cartId, strong(end))).expiresAt).toBe(expiresAt)
    })

    it('never moves backwards by any of many concurrent adds, and none of them is lost', async () => {
      const cartId = await create(get())
      const seconds = [5, 1, 9, 3, 7, 2, 8, 4, 6, 0]
      await Promise.all(
        seconds.map((s) => get().addLines(cartId, [line(1)], options(T0 + s * 1000))),
      )
      const cart = await get().getCart(cartId, strong())
      expect(cart.expiresAt).toBe(options(T0 + 9000).expiresAt)
      expect([cart.lines[0]?.quantity, cart.version]).toEqual([10, 11])
    })

    it('an order never expires', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options())
      await get().checkout(cartId, options())
      const late = T0 + 100 * 365 * 86_400_000
      expect((await get().getCart(cartId, strong(late))).status).toBe('checked_out')
      expect((await get().getOrder(cartId)).expiresAt).toBeNull()
    })
  })
}
