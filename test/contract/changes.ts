import { describe, expect, it } from 'vitest'
import { newCartId } from '../../src/cart/ids.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'
import { codeOf, create, line, newCustomer, options, strong, T0, TTL_SECONDS } from './fixtures.ts'

type Get = () => CartStore
type Call = (store: CartStore, cartId: string, change: ChangeOptions) => Promise<unknown>

/** Every change of an existing cart except merge, in a form that succeeds on a cart with product 1. */
export const CHANGES: Record<string, Call> = {
  addLines: (store, id, change) => store.addLines(id, [line(1)], change),
  setLine: (store, id, change) => store.setLine(id, line(1, 9), change),
  removeLine: (store, id, change) => store.removeLine(id, 1, change),
  emptyCart: (store, id, change) => store.emptyCart(id, change),
  deleteCart: (store, id, change) => store.deleteCart(id, change),
  checkout: (store, id, change) => store.checkout(id, change),
}

/** A cart with 2 units of product 1 and 3 of product "b", at version 2. */
export async function filled(store: CartStore, customer = newCustomer()): Promise<string> {
  const cartId = await create(store, customer)
  await store.addLines(cartId, [line(1, 2, 500), line('b', 3, 250)], options())
  return cartId
}

/** Setting, removing, emptying, deleting, and the conditions of all changes. */
export function describeChanges(get: Get): void {
  describe('set a line', () => {
    it('replaces the quantity and keeps name, price and age of the line', async () => {
      const cartId = await filled(get())
      const renamed = { ...line(1, 7, 999), productName: 'Renamed' }
      expect(await get().setLine(cartId, renamed, options(T0 + 5))).toEqual({
        version: 3,
        replayed: false,
      })
      const cart = await get().getCart(cartId, strong(T0 + 5))
      expect(cart.updatedAt).toBe(T0 + 5)
      expect(cart.expiresAt).toBe(options(T0 + 5).expiresAt)
      expect(cart.lines[0]).toEqual({
        productId: 1,
        productName: 'Product 1',
        unitPrice: 500,
        quantity: 7,
        createdAt: T0,
        updatedAt: T0 + 5,
      })
      expect(cart.lines[1]).toMatchObject({ productId: 'b', quantity: 3, updatedAt: T0 })
    })

    it('adds a product that is not in the cart', async () => {
      const cartId = await filled(get())
      await get().setLine(cartId, line(5, 4), options(T0 + 5))
      const { lines } = await get().getCart(cartId, strong(T0 + 5))
      expect(lines[2]).toMatchObject({ productId: 5, quantity: 4, createdAt: T0 + 5 })
    })

    it.each([
      ['LINE_QUANTITY_LIMIT', line(1, 11), { maxLineQuantity: 10 }],
      ['LINE_QUANTITY_LIMIT', line(9, 11), { maxLineQuantity: 10 }],
      ['CART_LINES_LIMIT', line(9, 1), { maxLines: 2 }],
      ['CART_UNITS_LIMIT', line(1, 5), { maxUnits: 7 }],
      ['nothing failed', line(1, 4), { maxUnits: 7, maxLines: 2 }],
      ['nothing failed', line('b', 1), { maxLineQuantity: 1 }],
    ])('fails with %s, according to the limits', async (code, wanted, limits) => {
      const cartId = await filled(get())
      const before = await get().getCart(cartId, strong())
      expect(await codeOf(get().setLine(cartId, wanted, options(T0, limits)))).toBe(code)
      const after = await get().getCart(cartId, strong())
      expect(after.version).toBe(code === 'nothing failed' ? 3 : 2)
      if (code !== 'nothing failed') expect(after).toEqual(before)
    })
  })

  describe('remove, empty and delete', () => {
    it('removes one line, which can be added again at its new price', async () => {
      const cartId = await filled(get())
      expect(await get().removeLine(cartId, 1, options(T0 + 1))).toEqual({
        version: 3,
        replayed: false,
      })
      expect(
        (await get().getCart(cartId, strong(T0 + 1))).lines.map((each) => each.productId),
      ).toEqual(['b'])
      expect(await codeOf(get().removeLine(cartId, 1, options(T0 + 2)))).toBe('LINE_NOT_FOUND')
      await get().addLines(cartId, [line(1, 1, 777)], options(T0 + 3))
      const cart = await get().getCart(cartId, strong(T0 + 3))
      expect(cart.lines[1]).toMatchObject({ quantity: 1, unitPrice: 777, createdAt: T0 + 3 })
      expect(cart.version).toBe(4)
    })

    it('removed units and lines no longer count towards the limits', async () => {
      const cartId = await filled(get())
      await get().removeLine(cartId, 'b', options())
      const limits = { maxLines: 2, maxUnits: 4 }
      expect(await codeOf(get().addLines(cartId, [line(3, 2)], options(T0, limits)))).toBe(
        'nothing failed',
      )
      await get().emptyCart(cartId, options())
      expect(await codeOf(get().addLines(cartId, [line(4, 4)], options(T0, limits)))).toBe(
        'nothing failed',
      )
    })

    it('empties a cart, also an empty one', async () => {
      const cartId = await filled(get())
      expect((await get().emptyCart(cartId, options(T0 + 1))).version).toBe(3)
      expect((await get().emptyCart(cartId, options(T0 + 2))).version).toBe(4)
      const cart = await get().getCart(cartId, strong(T0 + 2))
      expect([cart.lines, cart.status, cart.updatedAt]).toEqual([[], 'active', T0 + 2])
      expect(await codeOf(get().checkout(cartId, options()))).toBe('CART_EMPTY')
    })

    it('a deleted cart is found by no call and not listed', async () => {
      const customer = newCustomer()
      const cartId = await filled(get(), customer)
      expect(await get().deleteCart(cartId, options())).toEqual({ version: 3, replayed: false })
      expect(await codeOf(get().getCart(cartId, strong()))).toBe('CART_NOT_FOUND')
      for (const call of Object.values(CHANGES)) {
        expect(await codeOf(call(get(), cartId, options()))).toBe('CART_NOT_FOUND')
      }
      expect((await get().listCarts(customer, { limit: 5, now: T0 })).items).toEqual([])
    })
  })

  describe.each(Object.entries(CHANGES))('%s', (name, call) => {
    it('is refused for a cart that is missing, expired or checked out', async () => {
      expect(await codeOf(call(get(), newCartId(T0), options()))).toBe('CART_NOT_FOUND')
      const cartId = await filled(get())
      const end = Math.ceil(T0 / 1000 + TTL_SECONDS) * 1000
      expect(await codeOf(call(get(), cartId, options(end)))).toBe('CART_NOT_FOUND')
      await get().checkout(cartId, options())
      const before = await get().getCart(cartId, strong())
      expect(await codeOf(call(get(), cartId, options()))).toBe('CART_NOT_ACTIVE')
      expect(await get().getCart(cartId, strong())).toEqual(before)
    })

    it('is made only at a version in ifVersion, if it is given', async () => {
      const cartId = await filled(get())
      const before = await get().getCart(cartId, strong())
      for (const ifVersion of [[1], [3], [], [1, 3]]) {
        const refused = call(get(), cartId, options(T0, {}, { ifVersion }))
        await expect(refused).rejects.toMatchObject({
          code: 'PRECONDITION_FAILED',
          details: { current_version: 2 },
        })
      }
      expect(await get().getCart(cartId, strong())).toEqual(before)
      const made = await call(get(), cartId, options(T0, {}, { ifVersion: [1, 2] }))
      expect(made).toEqual({ version: 3, replayed: false })
    })

    it('one of 10 changes at the same version is made', async () => {
      const cartId = await filled(get())
      const race = Array.from({ length: 10 }, () =>
        codeOf(call(get(), cartId, options(T0, {}, { ifVersion: [2] }))),
      )
      const codes = await Promise.all(race)
      expect(codes.filter((code) => code === 'nothing failed')).toHaveLength(1)
      const others =
        { checkout: 'CART_NOT_ACTIVE', deleteCart: 'CART_NOT_FOUND' }[name] ?? 'PRECONDITION_FAILED'
      expect(codes.filter((code) => code === others)).toHaveLength(9)
    })
  })

  it('concurrent changes of every kind have unique versions without gaps', async () => {
    const cartId = await filled(get())
    const calls = Array.from({ length: 30 }, (_, i) => {
      if (i % 3 === 0) return get().setLine(cartId, line(1, i + 1), options())
      if (i % 3 === 1) return get().addLines(cartId, [line('b', 1)], options())
      return get().addLines(cartId, [line(i + 100), line(i + 200)], options())
    })
    const versions = (await Promise.all(calls)).map((each) => each.version).sort((a, b) => a - b)
    expect(versions).toEqual(Array.from({ length: 30 }, (_, i) => i + 3))
    const cart = await get().getCart(cartId, strong())
    expect(cart.version).toBe(32)
    expect(cart.lines.find((each) => each.productId === 'b')?.quantity).toBe(13)
  })

  describe('sweeping', () => {
    it('removes no visible cart', async () => {
      const cartId = await filled(get())
      const order = await filled(get())
      await get().checkout(order, options())
      await get().sweepExpired(T0 + 1000, 1000)
      expect((await get().getCart(cartId, strong())).version).toBe(2)
      await get().sweepExpired(T0 + 10 * TTL_SECONDS * 1000, 100_000)
      expect(await codeOf(get().getCart(cartId, strong(T0 + 10 * TTL_SECONDS * 1000)))).toBe(
        'CART_NOT_FOUND',
      )
      expect((await get().getOrder(order)).lines).toHaveLength(2)
    })
  })
}
