import { describe, expect, it } from 'vitest'
import { expiryOf } from '../../src/cart/cart.ts'
import { KEY_LIFETIME_MS, KEYS_LEFT, MAX_KEYS } from '../../src/cart/idempotency.ts'
import { newCartId } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { CHANGES, filled } from './changes.ts'
import {
  codeOf,
  keyed,
  line,
  newCustomer,
  options,
  strong,
  T0,
  TTL_SECONDS,
  USD,
} from './fixtures.ts'

/** A change with a key is made once, however often it is requested. */
export function describeIdempotency(get: () => CartStore): void {
  const quantity = async (cartId: string, now = T0) =>
    (await get().getCart(cartId, strong(now))).lines.find((each) => each.productId === 1)?.quantity

  describe('idempotency keys', () => {
    it.each(Object.entries(CHANGES))(
      '%s: a retry gets the first result and changes nothing',
      async (name, call) => {
        const cartId = await filled(get())
        const first = await call(get(), cartId, keyed('k'))
        expect(first).toEqual({ version: 3, replayed: false })
        const ended = name === 'deleteCart' || name === 'checkout'
        if (!ended) await get().addLines(cartId, [line(1)], options())
        const before = await quantity(cartId).catch(() => 'gone')
        expect(await call(get(), cartId, keyed('k', T0 + 1))).toEqual({
          version: 3,
          replayed: true,
        })
        expect(await quantity(cartId).catch(() => 'gone')).toEqual(before)
        expect(await codeOf(call(get(), cartId, keyed('k', T0, 'another request')))).toBe(
          'IDEMPOTENCY_KEY_REUSED',
        )
      },
    )

    it.each(Object.entries(CHANGES))(
      '%s: of 20 copies that race one has an effect',
      async (_, call) => {
        const cartId = await filled(get())
        const results = await Promise.all(
          Array.from({ length: 20 }, () => call(get(), cartId, keyed('k'))),
        )
        expect(
          results.filter((result) => !(result as { replayed: boolean }).replayed),
        ).toHaveLength(1)
        expect(new Set(results.map((result) => (result as { version: number }).version))).toEqual(
          new Set([3]),
        )
      },
    )

    it('work for several lines at once', async () => {
      const cartId = await filled(get())
      const many = Array.from({ length: 40 }, (_, i) => line(i + 1))
      const add = () => get().addLines(cartId, many, keyed('k'))
      const results = await Promise.all(Array.from({ length: 10 }, add))
      expect(results.filter((result) => !result.replayed)).toHaveLength(1)
      expect(await quantity(cartId)).toBe(3)
    })

    it('a replay succeeds although its condition no longer holds', async () => {
      const cartId = await filled(get())
      const change = { ...keyed('k'), ifVersion: [2] }
      expect(await get().addLines(cartId, [line(1)], change)).toEqual({
        version: 3,
        replayed: false,
      })
      expect(await get().addLines(cartId, [line(1)], change)).toEqual({
        version: 3,
        replayed: true,
      })
    })

    it('the key of a failed change is not recorded', async () => {
      const cartId = await filled(get())
      const small = { ...keyed('k'), limits: { maxLineQuantity: 2, maxLines: 9, maxUnits: 99 } }
      expect(await codeOf(get().addLines(cartId, [line(1)], small))).toBe('LINE_QUANTITY_LIMIT')
      expect(await get().addLines(cartId, [line(1)], keyed('k'))).toEqual({
        version: 3,
        replayed: false,
      })
    })

    it('a key of one cart has no effect on another cart', async () => {
      const [a, b] = [await filled(get()), await filled(get())]
      await get().addLines(a, [line(1)], keyed('k'))
      expect(await get().addLines(b, [line(1)], keyed('k', T0, 'other'))).toEqual({
        version: 3,
        replayed: false,
      })
    })

    it('a key is valid for its lifetime only', async () => {
      const cartId = await filled(get())
      const longLived = { ...keyed('k'), expiresAt: expiryOf(T0, 1_000_000) }
      const later = (ms: number) => ({ ...keyed('k', T0 + ms), expiresAt: expiryOf(T0, 1_000_000) })
      await get().addLines(cartId, [line(1)], longLived)
      const add = (ms: number) => get().addLines(cartId, [line(1)], later(ms))
      expect(await add(KEY_LIFETIME_MS - 1)).toEqual({ version: 3, replayed: true })
      expect(await add(KEY_LIFETIME_MS)).toEqual({ version: 4, replayed: false })
      expect(await add(KEY_LIFETIME_MS + 1)).toEqual({ version: 4, replayed: true })
    })

    it('a cart keeps a limited number of keys and drops the oldest', async () => {
      const cartId = await filled(get())
      const add = (i: number) => get().addLines(cartId, [line(1)], keyed(`key ${i}`))
      for (let i = 0; i < MAX_KEYS; i++) await add(i)
      for (let i = 0; i < MAX_KEYS; i++) expect((await add(i)).replayed).toBe(true)
      expect((await add(MAX_KEYS)).replayed).toBe(false)
      for (let i = MAX_KEYS; i >= MAX_KEYS - KEYS_LEFT; i--)
        expect((await add(i)).replayed).toBe(true)
      expect((await add(MAX_KEYS - KEYS_LEFT - 1)).replayed).toBe(false)
    })

    it('more concurrent keyed adds than a cart keeps keys: nothing lost', async () => {
      const cartId = await filled(get())
      const total = 3 * MAX_KEYS
      const adds = Array.from({ length: total }, (_, i) =>
        get().addLines(cartId, [line(1)], keyed(`k${i}`)),
      )
      const versions = (await Promise.all(adds)).map((each) => each.version).sort((a, b) => a - b)
      expect(versions).toEqual(Array.from({ length: total }, (_, i) => i + 3))
      expect(await quantity(cartId)).toBe(2 + total)
    })
  })

  describe('creating a cart with an existing id', () => {
    it('is a replay for the same customer, also for 20 concurrent calls, and refused for another', async () => {
      const [cartId, customerId] = [newCartId(T0), newCustomer()]
      const cart = { ...options(), cartId, customerId }
      const race = await Promise.all(Array.from({ length: 20 }, () => get().createCart(cart)))
      expect(race.filter((each) => !each.replayed)).toEqual([{ version: 1, replayed: false }])
      await get().addLines(cartId, [line(1)], options())
      expect(await get().createCart(cart)).toEqual({ version: 1, replayed: true })
      expect(await quantity(cartId)).toBe(1)
      const other = { ...cart, customerId: newCustomer() }
      expect(await codeOf(get().createCart(other))).toBe('IDEMPOTENCY_KEY_REUSED')
      await get().deleteCart(cartId, options())
      expect(await get().createCart(cart)).toEqual({ version: 1, replayed: true })
      expect(await codeOf(get().getCart(cartId, strong()))).toBe('CART_NOT_FOUND')
    })

    it('replaces an expired cart of any customer', async () => {
      const cartId = await filled(get())
      await get().addLines(cartId, [line(1)], keyed('k'))
      const now = T0 + 2 * TTL_SECONDS * 1000
      const customerId = newCustomer()
      const made = await get().createCart({
        cartId,
        customerId,
        now,
        currency: USD,
        expiresAt: expiryOf(now, TTL_SECONDS),
      })
      expect(made).toEqual({ version: 1, replayed: false })
      const cart = await get().getCart(cartId, strong(now))
      expect(cart).toMatchObject({ customerId, version: 1, lines: [], createdAt: now })
      expect((await get().addLines(cartId, [line(1)], keyed('k', now))).replayed).toBe(false)
      expect((await get().listCarts(customerId, { limit: 5, now })).items).toHaveLength(1)
    })
  })
}
