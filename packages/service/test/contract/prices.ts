import { describe, expect, it } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { currencyOf } from '../../src/cart/money.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'
import { codeOf, create, keyed, line, options, strong, T0 } from './fixtures.ts'

/** Prices of today, and what a shopper saw. */
export function describePrices(get: () => CartStore): void {
  /** One unit for 19.99 and two for 5.01 each. */
  const filled = async (): Promise<string> => {
    const cartId = await create(get())
    await get().addLines(cartId, [line(1, 1, 1999), line('x', 2, 501)], options())
    return cartId
  }

  describe('repricing', () => {
    const today = (prices: Record<string, number>) => (id: string | number) => prices[id]

    it('gives every line the price of today, in one version', async () => {
      const cartId = await filled()
      const red = { ...line('x', 1, 501), attributes: { colour: 'red' } }
      await get().addLines(cartId, [red], options(T0 + 1))
      const changed = await get().reprice(cartId, today({ 1: 2099, x: 400 }), options(T0 + 2))
      expect(changed).toEqual({ version: 4, replayed: false })
      const cart = await get().getCart(cartId, strong())
      expect(cart.version).toBe(4)
      expect(cart.lines).toEqual([
        { ...line(1, 1, 2099), createdAt: T0, updatedAt: T0 + 2 },
        { ...line('x', 2, 400), createdAt: T0, updatedAt: T0 + 2 },
        { ...red, unitPrice: 400, createdAt: T0 + 1, updatedAt: T0 + 2 },
      ])
      expect(cart.expiresAt).toBe(options(T0 + 2).expiresAt)
    })

    it('leaves lines that cost the same or are no longer sold, and changes nothing if all do', async () => {
      const cartId = await filled()
      await get().reprice(cartId, today({ x: 1 }), options(T0 + 1))
      const cart = await get().getCart(cartId, strong())
      expect(cart.lines.map((each) => [each.unitPrice, each.updatedAt])).toEqual([
        [1999, T0],
        [1, T0 + 1],
      ])
      const again = await get().reprice(cartId, today({ x: 1, 1: 1999 }), keyed('k', T0 + 9))
      expect(again).toEqual({ version: 3, replayed: false })
      expect(await get().getCart(cartId, strong())).toEqual(cart)
      const empty = await create(get())
      expect(await get().reprice(empty, today({}), options())).toMatchObject({ version: 1 })
    })

    it('is made once with a key, at a wanted version and in the currency of the cart', async () => {
      const cartId = await filled()
      const reprice = (terms: ChangeOptions) => get().reprice(cartId, today({ x: 9 }), terms)
      expect(await codeOf(reprice(options(T0, {}, { ifVersion: [1] })))).toBe('PRECONDITION_FAILED')
      const inCop = options(T0, {}, { currency: currencyOf('COP') })
      expect(await codeOf(reprice(inCop))).toBe('CURRENCY_MISMATCH')
      expect(await codeOf(reprice({ ...inCop, ifVersion: [1] }))).toBe('PRECONDITION_FAILED')
      expect(await reprice({ ...keyed('k'), ifVersion: [2] })).toEqual({
        version: 3,
        replayed: false,
      })
      await get().addLines(cartId, [line('x')], options())
      expect(await reprice({ ...keyed('k'), ifVersion: [2] })).toEqual({
        version: 3,
        replayed: true,
      })
      expect(await codeOf(reprice(keyed('k', T0, 'other')))).toBe('IDEMPOTENCY_KEY_REUSED')
      // Nothing to change does not hide a version that was not wanted.
      expect(await codeOf(reprice(options(T0, {}, { ifVersion: [3] })))).toBe('PRECONDITION_FAILED')
      await get().checkout(cartId, options())
      expect(await codeOf(reprice(options()))).toBe('CART_NOT_ACTIVE')
      expect(await reprice(keyed('k'))).toEqual({ version: 3, replayed: true })
      const gone = await filled()
      await get().deleteCart(gone, options())
      expect(await codeOf(get().reprice(gone, today({}), options()))).toBe('CART_NOT_FOUND')
    })

    it('loses no concurrent add', async () => {
      const cartId = await filled()
      await Promise.all([
        ...Array.from({ length: 6 }, () => get().addLines(cartId, [line(1)], options())),
        get().reprice(cartId, today({ 1: 7 }), options()),
      ])
      const cart = await get().getCart(cartId, strong())
      expect([cart.version, cart.lines[0]?.quantity, cart.lines[0]?.unitPrice]).toEqual([9, 7, 7])
    })
  })

  describe('checkout of what the shopper saw', () => {
    it('is made if the total and the currency are as expected', async () => {
      for (const expected of [
        { total: 30.01 },
        { total: 30.01, currency: 'USD' },
        { currency: 'USD' },
        {},
      ]) {
        const cartId = await filled()
        expect(await get().checkout(cartId, options(), expected)).toEqual({
          version: 3,
          replayed: false,
        })
        expect((await get().getOrder(cartId)).lines).toHaveLength(2)
      }
    })

    it('compares the total in the decimals of the cart', async () => {
      const cartId = await create(get(), 7, T0, currencyOf('KWD'))
      const terms = options(T0, {}, { currency: currencyOf('KWD') })
      await get().addLines(cartId, [line(1, 3, 1001)], terms)
      expect(await codeOf(get().checkout(cartId, options(), { total: 30.03 }))).toBe(
        'TOTAL_CHANGED',
      )
      expect(await get().checkout(cartId, options(), { total: 3.003 })).toMatchObject({
        version: 3,
      })
    })

    it('is refused otherwise with the current total, and consumes nothing', async () => {
      const cartId = await filled()
      const before = await get().getCart(cartId, strong())
      for (const expected of [
        { total: 30 },
        { total: 30.011 },
        { total: 30.01, currency: 'EUR' },
      ]) {
        await expect(get().checkout(cartId, keyed('k'), expected)).rejects.toMatchObject({
          code: 'TOTAL_CHANGED',
          details: { current_total: 30.01, currency: 'USD', current_version: 2 },
        })
      }
      expect(await get().getCart(cartId, strong())).toEqual(before)
      // The refused requests did not use the key.
      expect(await get().checkout(cartId, keyed('k'), { total: 30.01 })).toMatchObject({
        replayed: false,
      })
      expect(await get().checkout(cartId, keyed('k'), { total: 30.01 })).toEqual({
        version: 3,
        replayed: true,
      })
    })

    it('is refused for an objection to exactly the lines that would be ordered', async () => {
      const cartId = await filled()
      const seen: number[] = []
      const objection = (cart: { readonly version: number }) => {
        seen.push(cart.version)
        return seen.length === 1 ? new CartError('CART_HAS_WARNINGS') : undefined
      }
      expect(await codeOf(get().checkout(cartId, keyed('k'), { objection }))).toBe(
        'CART_HAS_WARNINGS',
      )
      await get().addLines(cartId, [line(1)], options())
      expect(await get().checkout(cartId, keyed('k'), { objection })).toMatchObject({ version: 4 })
      expect(seen).toEqual([2, 3])
      expect(await get().checkout(cartId, keyed('k'), { objection })).toMatchObject({
        replayed: true,
      })
    })

    it('is refused in the order of every change', async () => {
      const cartId = await create(get())
      const wrong = { total: 1, objection: () => new CartError('CART_HAS_WARNINGS') }
      const code = (terms: ChangeOptions) => codeOf(get().checkout(cartId, terms, wrong))
      expect(await code(options())).toBe('CART_EMPTY')
      await get().addLines(cartId, [line(1)], keyed('k'))
      expect(await code(keyed('k', T0, 'other'))).toBe('IDEMPOTENCY_KEY_REUSED')
      expect(await code(options(T0, {}, { ifVersion: [1] }))).toBe('PRECONDITION_FAILED')
      expect(await code(options(T0, {}, { ifVersion: [2] }))).toBe('TOTAL_CHANGED')
      await get().checkout(cartId, options())
      expect(await code(options())).toBe('CART_NOT_ACTIVE')
    })

    it('orders what was expected, however many adds arrive meanwhile', async () => {
      const cartId = await filled()
      const results = await Promise.all([
        codeOf(get().checkout(cartId, options(), { total: 30.01 })),
        ...Array.from({ length: 5 }, () => codeOf(get().addLines(cartId, [line(9)], options()))),
      ])
      const cart = await get().getCart(cartId, strong())
      const units = cart.lines.reduce((sum, each) => sum + each.quantity, 0)
      const added = results.slice(1).filter((code) => code === 'nothing failed').length
      expect(units).toBe(3 + added)
      if (results[0] === 'nothing failed') expect([cart.status, added]).toEqual(['checked_out', 0])
      else expect([cart.status, results[0]]).toEqual(['active', 'TOTAL_CHANGED'])
    })
  })
}
