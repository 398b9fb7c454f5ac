import { describe, expect, it } from 'vitest'
import { type EntityId, newCartId } from '../../src/cart/ids.ts'
import type { CartStore, ChangeOptions, Page } from '../../src/store/cart-store.ts'
import { codeOf, create, line, newCustomer, options, T0, TTL_SECONDS } from './fixtures.ts'

/** Pages of a customer's carts and orders: order, completeness, cursors. */
export function describeLists(get: () => CartStore): void {
  describe('lists', () => {
    it('return a customer’s carts in pages, newest first, without expired carts and those of others', async () => {
      const customer = newCustomer()
      await create(get(), newCustomer())
      const made: string[] = []
      for (let i = 0; i < 7; i++) {
        // Every third cart has expired by the time of the list.
        made.push(
          await create(get(), customer, i % 3 === 0 ? T0 - TTL_SECONDS * 1000 - 5000 + i : T0 + i),
        )
      }
      const visible = made.filter((_, i) => i % 3 !== 0).reverse()
      for (const limit of [1, 2, 3, 4, 5]) {
        const pages = await walk((cursor) =>
          get().listCarts(customer, { limit, cursor, now: T0 + 10 }),
        )
        expect(pages.flat().map((cart) => cart.cartId)).toEqual(visible)
        expect(pages.map((page) => page.length)).toEqual(chunks(visible.length, limit))
      }
    })

    it('sort by creation time even if the ids sort otherwise, as ids derived from keys do', async () => {
      const customerId = newCustomer()
      const ids: string[] = []
      for (let i = 0; i < 7; i++) {
        // Two carts per moment; later carts have lower ids.
        const [now, cartId] = [T0 + Math.floor(i / 2), newCartId(T0 - i * 1000)]
        ids.unshift(cartId)
        await get().createCart({ ...options(now), cartId, customerId })
      }
      // Within a moment the higher id comes first, which is the earlier cart.
      const [a, b, c, d, e, f, g] = ids
      for (const limit of [1, 2, 3, 7]) {
        const pages = await walk((cursor) =>
          get().listCarts(customerId, { limit, cursor, now: T0 }),
        )
        expect(pages.flat().map((cart) => cart.cartId)).toEqual([a, c, b, e, d, g, f])
      }
    })

    it('are of one status if asked for, in pages, among any number of others', async () => {
      const customer = newCustomer()
      const made: { cartId: string; status: string }[] = []
      for (let i = 0; i < 14; i++) {
        const cartId = await ordered(get(), customer, T0 + i)
        const [status, end] = ENDS[i % ENDS.length] ?? ['active', async () => {}]
        await end(get(), cartId, options(T0 + 100 - i))
        made.unshift({ cartId, status })
      }
      // Expired by the time of the list.
      await create(get(), customer, T0 - TTL_SECONDS * 1000 - 5000)
      for (const status of ['active', 'checked_out'] as const) {
        const expected = made.filter((each) => each.status === status)
        for (const limit of [1, 2, 3, 10]) {
          const pages = await walk((cursor) =>
            get().listCarts(customer, { limit, cursor, now: T0, status }),
          )
          const found = pages.flat().map(({ cartId, status: of }) => ({ cartId, status: of }))
          expect(found).toEqual(expected)
          expect(pages.map((page) => page.length)).toEqual(chunks(expected.length, limit))
        }
      }
    })

    it('refuse the cursor of a list of another status', async () => {
      const customer = newCustomer()
      for (let i = 0; i < 3; i++) await create(get(), customer, T0 + i)
      const list = (cursor: string | undefined, status?: 'active' | 'checked_out') =>
        get().listCarts(customer, { limit: 1, cursor, now: T0, status })
      const of = async (status?: 'active') => (await list(undefined, status)).cursor ?? ''
      const [all, active] = [await of(), await of('active')]
      expect((await list(all)).items).toHaveLength(1)
      expect((await list(active, 'active')).items).toHaveLength(1)
      for (const call of [list(all, 'active'), list(active), list(active, 'checked_out')]) {
        expect(await codeOf(call)).toBe('VALIDATION_FAILED')
      }
    })

    it('include checked-out carts with their lines', async () => {
      const customer = newCustomer()
      const first = await create(get(), customer)
      await get().addLines(first, [line(1, 2)], options())
      await get().checkout(first, options())
      const { items } = await get().listCarts(customer, { limit: 10, now: T0 })
      expect(items.map((cart) => [cart.status, cart.lines[0]?.quantity])).toEqual([
        ['checked_out', 2],
      ])
    })

    it('return a customer’s orders in pages, latest checkout first', async () => {
      const customer = newCustomer()
      await create(get(), customer)
      const carts: string[] = []
      for (let i = 0; i < 5; i++) carts.push(await ordered(get(), customer, T0 + i))
      // Checked out in another order than created; the last two at the same moment.
      const checkouts = [3, 1, 2, 4, 4].map((at, i) => ({
        cartId: carts[i] ?? '',
        at: T0 + 100 + at,
      }))
      for (const { cartId, at } of checkouts) await get().checkout(cartId, options(at))
      const expected = [...checkouts]
        .sort((a, b) => b.at - a.at || (a.cartId < b.cartId ? 1 : -1))
        .map((each) => each.cartId)
      for (const limit of [1, 2, 5]) {
        const pages = await walk((cursor) => get().listOrders(customer, { limit, cursor }))
        expect(pages.flat().map((order) => order.cartId)).toEqual(expected)
      }
      expect((await get().listOrders(customer, { limit: 1 })).items[0]?.lines).toHaveLength(1)
    })

    it('are empty for a customer without carts', async () => {
      const customer = newCustomer()
      expect(await get().listCarts(customer, { limit: 5, now: T0 })).toEqual({
        items: [],
        cursor: null,
      })
      expect(await get().listOrders(customer, { limit: 5 })).toEqual({ items: [], cursor: null })
    })

    it.each(['', 'nonsense', '%00', Buffer.from('["x"]').toString('base64url'), '{"a":1}', 'W10'])(
      'refuse the cursor %j',
      async (cursor) => {
        const customer = newCustomer()
        expect(await codeOf(get().listCarts(customer, { limit: 5, cursor, now: T0 }))).toBe(
          'VALIDATION_FAILED',
        )
        expect(await codeOf(get().listOrders(customer, { limit: 5, cursor }))).toBe(
          'VALIDATION_FAILED',
        )
      },
    )
  })
}

/** What can become of a cart. */
const ENDS: readonly (readonly [
  string,
  (store: CartStore, cartId: string, terms: ChangeOptions) => Promise<unknown>,
])[] = [
  ['active', async () => {}],
  ['checked_out', (store, cartId, terms) => store.checkout(cartId, terms)],
  ['deleted', (store, cartId, terms) => store.deleteCart(cartId, terms)],
  [
    'merged',
    async (store, fromCartId, terms) => {
      const into = await create(store, newCustomer())
      await store.mergeCart(into, { fromCartId, strategy: 'sum' }, terms)
    },
  ],
  ['checked_out', (store, cartId, terms) => store.checkout(cartId, terms)],
]

async function ordered(store: CartStore, customer: EntityId, now: number): Promise<string> {
  const cartId = await create(store, customer, now)
  await store.addLines(cartId, [line(1)], options(now))
  return cartId
}

async function walk<T>(next: (cursor?: string) => Promise<Page<T>>): Promise<(readonly T[])[]> {
  const pages = []
  let cursor: string | undefined
  do {
    const page = await next(cursor)
    pages.push(page.items)
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined && pages.length < 100)
  return pages
}

function chunks(total: number, size: number): number[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => Math.min(size, total - i * size))
}
