import { describe, expect, it } from 'vitest'
import { newCartId } from '../../src/cart/ids.ts'
import { type MergeStrategy, MOST_ABSORBED } from '../../src/cart/merge.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
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

/** Merging a guest's cart into a customer's cart. */
export function describeMerge(get: () => CartStore): void {
  const merge = (
    cartId: string,
    fromCartId: string,
    strategy: MergeStrategy = 'sum',
    change = options(),
  ) => get().mergeCart(cartId, { fromCartId, strategy }, change)
  const contents = async (cartId: string, now = T0) =>
    (await get().getCart(cartId, strong(now))).lines.map(({ productId, quantity }) => [
      productId,
      quantity,
    ])

  /** A customer's cart with 2 of product 1 and 5 of product 2, and a guest's with 3, 4 of products 1, 3. */
  async function pair(): Promise<[string, string]> {
    const target = await create(get(), newCustomer())
    await get().addLines(target, [line(1, 2, 100), line(2, 5, 200)], options(T0 + 1))
    const source = await create(get(), newCustomer())
    await get().addLines(source, [line(1, 3, 111), line(3, 4, 300)], options(T0 + 2))
    return [target, source]
  }

  describe('merge', () => {
    it.each([
      ['sum', 5],
      ['max', 3],
      ['keep', 2],
    ] as const)(
      'by %s gives product 1, which is in both carts, the quantity %i',
      async (strategy, quantity) => {
        const [target, source] = await pair()
        const answer = await merge(target, source, strategy, options(T0 + 9))
        expect(answer).toEqual({ version: 3, replayed: false })
        const cart = await get().getCart(target, strong(T0 + 9))
        expect(cart).toMatchObject({ version: 3, status: 'active', updatedAt: T0 + 9 })
        expect(cart.expiresAt).toBe(options(T0 + 9).expiresAt)
        expect(cart.lines).toEqual([
          {
            ...line(1, quantity, 100),
            createdAt: T0 + 1,
            updatedAt: strategy === 'keep' ? T0 + 1 : T0 + 9,
          },
          { ...line(2, 5, 200), createdAt: T0 + 1, updatedAt: T0 + 1 },
          { ...line(3, 4, 300), createdAt: T0 + 2, updatedAt: T0 + 9 },
        ])
      },
    )

    it('leaves the source merged, empty, unchangeable and not listed', async () => {
      const customer = newCustomer()
      const [target] = await pair()
      const source = await create(get(), customer)
      await get().addLines(source, [line(7)], options())
      await merge(target, source, 'sum', options(T0 + 9))
      const husk = await get().getCart(source, strong(T0 + 9))
      expect(husk).toMatchObject({ status: 'merged', lines: [], version: 3, updatedAt: T0 + 9 })
      expect(await codeOf(get().addLines(source, [line(1)], options()))).toBe('CART_NOT_ACTIVE')
      expect(await codeOf(get().checkout(source, options()))).toBe('CART_NOT_ACTIVE')
      expect((await get().listCarts(customer, { limit: 5, now: T0 })).items).toEqual([])
    })

    it('has no second effect when repeated, with or without a key, also by 10 concurrent calls', async () => {
      const [target, source] = await pair()
      const race = await Promise.all(Array.from({ length: 10 }, () => merge(target, source)))
      expect(race.filter((each) => !each.replayed)).toHaveLength(1)
      await get().addLines(target, [line(1, 1)], options())
      expect(await merge(target, source)).toEqual({ version: 4, replayed: true })
      expect(await merge(target, source, 'max')).toEqual({ version: 4, replayed: true })
      expect(await contents(target)).toEqual([
        [1, 6],
        [2, 5],
        [3, 4],
      ])
    })

    it('with a recorded key returns the original result and is refused for another request', async () => {
      const [target, source] = await pair()
      expect(await merge(target, source, 'sum', keyed('m'))).toEqual({
        version: 3,
        replayed: false,
      })
      await get().addLines(target, [line(1, 1)], options())
      expect(await merge(target, source, 'sum', keyed('m'))).toEqual({ version: 3, replayed: true })
      const other = await create(get())
      expect(await codeOf(merge(target, other, 'sum', keyed('m', T0, 'x')))).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      )
    })

    it('is still a replay when the source has expired or the target has been checked out', async () => {
      const [target, source] = await pair()
      await merge(target, source)
      const later = T0 + TTL_SECONDS * 1000 - 5000
      await get().addLines(target, [line(1, 1)], options(later))
      const afterExpiry = T0 + TTL_SECONDS * 1000 + 5000
      expect((await merge(target, source, 'sum', options(afterExpiry))).replayed).toBe(true)
      await get().checkout(target, options(afterExpiry))
      expect((await merge(target, source, 'sum', options(afterExpiry))).replayed).toBe(true)
    })

    it('of an empty cart counts as a change', async () => {
      const [target] = await pair()
      expect(await merge(target, await create(get()))).toEqual({ version: 3, replayed: false })
      expect(await contents(target)).toEqual([
        [1, 2],
        [2, 5],
      ])
    })

    it('is refused if either cart is missing or not active, and changes neither', async () => {
      const [target, source] = await pair()
      const order = await create(get())
      await get().addLines(order, [line(1)], options())
      await get().checkout(order, options())
      const elsewhere = await create(get())
      const taken = await create(get())
      await merge(elsewhere, taken)
      const missing = newCartId(T0)
      const all = () =>
        Promise.all([target, source, order].map((id) => get().getCart(id, strong())))
      const before = await all()
      expect(await codeOf(merge(missing, source))).toBe('CART_NOT_FOUND')
      expect(await codeOf(merge(target, missing))).toBe('CART_NOT_FOUND')
      expect(await codeOf(merge(order, source))).toBe('CART_NOT_ACTIVE')
      expect(await codeOf(merge(target, order))).toBe('CART_NOT_ACTIVE')
      expect(await codeOf(merge(target, taken))).toBe('CART_NOT_ACTIVE')
      expect(await all()).toEqual(before)
    })

    it.each([
      ['LINE_QUANTITY_LIMIT', { maxLineQuantity: 4 }],
      ['CART_LINES_LIMIT', { maxLines: 2 }],
      ['CART_UNITS_LIMIT', { maxUnits: 13 }],
    ])('beyond a limit fails with %s and changes neither cart', async (code, limits) => {
      const [target, source] = await pair()
      const both = () => Promise.all([target, source].map((id) => get().getCart(id, strong())))
      const before = await both()
      expect(await codeOf(merge(target, source, 'sum', options(T0, limits)))).toBe(code)
      expect(await both()).toEqual(before)
      expect((await get().addLines(source, [line(9)], options())).version).toBe(3)
      expect((await merge(target, source)).replayed).toBe(false)
    })

    it('loses nothing with concurrent adds', async () => {
      const [target, source] = await pair()
      const toSource = Array.from({ length: 15 }, () =>
        codeOf(get().addLines(source, [line(3)], options())),
      )
      const toTarget = Array.from({ length: 15 }, () =>
        codeOf(get().addLines(target, [line(3)], options())),
      )
      const merging = merge(target, source)
      const [intoSource, intoTarget] = await Promise.all([
        Promise.all(toSource),
        Promise.all(toTarget),
        merging,
      ])
      const ok = (codes: string[]) => codes.filter((code) => code === 'nothing failed').length
      expect(ok(intoTarget)).toBe(15)
      expect(intoSource.every((code) => ['nothing failed', 'CART_NOT_ACTIVE'].includes(code))).toBe(
        true,
      )
      const cart = await get().getCart(target, strong())
      expect(cart.lines.find((each) => each.productId === 3)?.quantity).toBe(
        4 + ok(intoSource) + 15,
      )
    })

    it('of two carts that are merged into each other concurrently, one remains, or both merges are refused', async () => {
      const [a, b] = await pair()
      const codes = await Promise.all([codeOf(merge(a, b)), codeOf(merge(b, a))])
      expect(codes.filter((code) => code === 'nothing failed').length).toBeLessThanOrEqual(1)
      expect(
        codes.every((code) => ['nothing failed', 'CART_NOT_ACTIVE', 'STORE_BUSY'].includes(code)),
      ).toBe(true)
      const carts = await Promise.all([a, b].map((id) => get().getCart(id, strong())))
      const units = carts
        .flatMap((cart) => cart.lines)
        .reduce((sum, each) => sum + each.quantity, 0)
      expect(units).toBe(2 + 5 + 3 + 4)
      expect(carts.some((cart) => cart.status === 'active')).toBe(true)
    })

    it('is limited to the maximum number of absorbed carts', async () => {
      const target = await create(get())
      for (let i = 0; i < MOST_ABSORBED; i++) await merge(target, await create(get()))
      expect(await codeOf(merge(target, await create(get())))).toBe('CART_MERGES_LIMIT')
    })
  })
}
