import { describe, expect, it } from 'vitest'
import type { EntityId } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { create, line, newCustomer, options, strong, T0, TTL_SECONDS } from './fixtures.ts'

/** The customer's active cart, created if there is none. */
export function describeActiveCart(get: () => CartStore): void {
  const active = (customerId: EntityId, now = T0) =>
    get().activeCart({ ...options(now), customerId })
  const idsOf = async (customer: EntityId, now = T0) =>
    (await get().listCarts(customer, { limit: 100, now })).items.map((cart) => cart.cartId)

  describe('the active cart of a customer', () => {
    it('is created once, empty and of version 1, and then returned with its version', async () => {
      const customer = newCustomer()
      const first = await active(customer)
      expect(first).toEqual({ cartId: first.cartId, version: 1, created: true })
      const cart = await get().getCart(first.cartId, strong())
      expect(cart).toMatchObject({ customerId: customer, version: 1, lines: [], createdAt: T0 })
      expect(cart.expiresAt).toBe(options().expiresAt)
      await get().addLines(first.cartId, [line(1)], options())
      expect(await active(customer, T0 + 1)).toEqual({ ...first, version: 2, created: false })
      expect(await idsOf(customer)).toEqual([first.cartId])
    })

    it.each([3, 20])(
      'is one cart for %i concurrent calls, which one of them creates',
      async (n) => {
        const customer = newCustomer()
        const found = await Promise.all(
          Array.from({ length: n }, (_, i) => active(customer, T0 + i)),
        )
        expect(new Set(found.map((each) => each.cartId)).size).toBe(1)
        expect(found.filter((each) => each.created)).toHaveLength(1)
        expect(await idsOf(customer)).toEqual([found[0]?.cartId])
      },
    )

    it('is another one for each customer, also for ids that look alike', async () => {
      const text = `${newCustomer()}`.replace(/\D/g, '').slice(0, 12)
      const customers = [text, Number(text), `0${text}`, `"${text}"`]
      const found = await Promise.all(customers.map((each) => active(each)))
      expect(new Set(found.map((each) => each.cartId)).size).toBe(4)
      expect(found.map((each) => each.created)).toEqual([true, true, true, true])
    })

    it('is the newest of several, however they were created', async () => {
      const customer = newCustomer()
      await create(get(), customer)
      const newest = await create(get(), customer, T0 + 1)
      const found = { version: 1, created: false }
      expect(await active(customer, T0 + 2)).toEqual({ cartId: newest, ...found })
      const newer = await create(get(), customer, T0 + 3)
      expect(await active(customer, T0 + 4)).toEqual({ cartId: newer, ...found })
      await get().deleteCart(newer, options(T0 + 5))
      expect(await active(customer, T0 + 6)).toEqual({ cartId: newest, ...found })
    })

    const END: readonly (readonly [string, (cartId: string) => Promise<unknown>])[] = [
      [
        'checkout',
        async (cartId) => {
          await get().addLines(cartId, [line(1)], options())
          await get().checkout(cartId, options())
        },
      ],
      ['deletion', (cartId) => get().deleteCart(cartId, options())],
      [
        'a merge into the cart of another customer',
        async (fromCartId) => {
          const into = await create(get(), newCustomer())
          await get().mergeCart(into, { fromCartId, strategy: 'sum' }, options())
        },
      ],
    ]
    it.each(END)('is a new one after %s, also for concurrent calls', async (_, end) => {
      const customer = newCustomer()
      const { cartId } = await active(customer)
      await end(cartId)
      const found = await Promise.all([1, 2, 3].map((i) => active(customer, T0 + i)))
      expect(new Set(found.map((each) => each.cartId)).size).toBe(1)
      expect(found.filter((each) => each.created)).toHaveLength(1)
      expect(found[0]?.cartId).not.toBe(cartId)
      const again = await active(customer, T0 + 4)
      expect(again).toEqual({ cartId: found[0]?.cartId, version: 1, created: false })
    })

    it('is an older active one after the end of the newest', async () => {
      const customer = newCustomer()
      const older = await create(get(), customer)
      const { cartId } = await active(customer, T0 + 1)
      expect(cartId).toBe(older)
      const newer = await create(get(), customer, T0 + 2)
      await get().mergeCart(newer, { fromCartId: older, strategy: 'sum' }, options(T0 + 3))
      expect(await active(customer, T0 + 4)).toEqual({ cartId: newer, version: 2, created: false })
    })

    it('is a new one from the millisecond of its expiry, and not before', async () => {
      const customer = newCustomer()
      const { cartId } = await active(customer)
      const end = Math.ceil(T0 / 1000 + TTL_SECONDS) * 1000
      expect(await active(customer, end - 1)).toMatchObject({ cartId, created: false })
      const next = await active(customer, end)
      expect(next).toEqual({ cartId: next.cartId, version: 1, created: true })
      expect(await idsOf(customer, end)).toEqual([next.cartId])
    })

    it('is active whenever it is returned, whatever else happens to the carts', async () => {
      const customer = newCustomer()
      const rounds = await Promise.all(
        Array.from({ length: 12 }, async (_, i) => {
          const { cartId } = await active(customer, T0 + i)
          if (i % 3 === 0)
            await get()
              .deleteCart(cartId, options(T0 + i))
              .catch(() => {})
          return cartId
        }),
      )
      const left = await idsOf(customer, T0 + 20)
      expect(left.length).toBeLessThanOrEqual(1)
      const last = await active(customer, T0 + 30)
      if (left.length === 1) expect(last.cartId).toBe(left[0])
      expect(rounds).toHaveLength(12)
    })
  })
}
