import { describe, expect, it } from 'vitest'
import type { CartLimits } from '../../src/cart/cart.ts'
import { currencyOf } from '../../src/cart/money.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'
import { codeOf, create, line, options, strong, T0 } from './fixtures.ts'

type Call = (store: CartStore, cartId: string, terms: ChangeOptions) => Promise<unknown>

/** A cart that was filled before the limits were lowered: three lines of 20 units. */
export function describeLoweredLimits(get: () => CartStore): void {
  const filled = async (): Promise<string> => {
    const cartId = await create(get())
    await get().addLines(cartId, [line(1, 20), line(2, 20), line(3, 20)], options())
    return cartId
  }
  const LOWERED: readonly Partial<CartLimits>[] = [
    { maxLineQuantity: 5 },
    { maxLines: 1 },
    { maxUnits: 7 },
    { maxLineQuantity: 5, maxLines: 1, maxUnits: 7 },
  ]

  describe('a cart beyond lowered limits', () => {
    it.each<[string, Call]>([
      ['lowering a line', (store, id, terms) => store.setLine(id, line(1, 19), terms)],
      ['keeping a line', (store, id, terms) => store.setLine(id, line(1, 20), terms)],
      [
        'lowering at a version',
        (store, id, terms) => store.setLine(id, line(1, 6), { ...terms, ifVersion: [2] }),
      ],
      ['removing a line', (store, id, terms) => store.removeLine(id, 1, terms)],
      ['emptying it', (store, id, terms) => store.emptyCart(id, terms)],
      ['deleting it', (store, id, terms) => store.deleteCart(id, terms)],
      ['new prices', (store, id, terms) => store.reprice(id, () => 1, terms)],
      [
        'a note on a line',
        (store, id, terms) => store.setAttributes(id, { productId: 1 }, { note: 'x' }, terms),
      ],
      ['checkout', (store, id, terms) => store.checkout(id, terms)],
      [
        'a merge that leaves it',
        async (store, id, terms) => {
          const fromCartId = await create(store)
          await store.addLines(fromCartId, [line(1, 9), line(2, 20)], options())
          await store.mergeCart(id, { fromCartId, strategy: 'max' }, terms)
        },
      ],
      [
        'a merge of an empty cart',
        async (store, id, terms) =>
          store.mergeCart(id, { fromCartId: await create(store), strategy: 'sum' }, terms),
      ],
    ])('allows %s', async (_, call) => {
      for (const limits of LOWERED) {
        const cartId = await filled()
        expect(await codeOf(call(get(), cartId, options(T0, limits)))).toBe('nothing failed')
      }
    })

    it.each<[string, Call, readonly string[]]>([
      [
        'raising a line',
        (store, id, terms) => store.setLine(id, line(1, 21), terms),
        ['LINE_QUANTITY_LIMIT', 'nothing failed', 'CART_UNITS_LIMIT', 'LINE_QUANTITY_LIMIT'],
      ],
      [
        'an add',
        (store, id, terms) => store.addLines(id, [line(2, 1)], terms),
        ['LINE_QUANTITY_LIMIT', 'nothing failed', 'CART_UNITS_LIMIT', 'LINE_QUANTITY_LIMIT'],
      ],
      [
        'a new line',
        (store, id, terms) => store.setLine(id, line(4, 1), terms),
        ['nothing failed', 'CART_LINES_LIMIT', 'CART_UNITS_LIMIT', 'CART_LINES_LIMIT'],
      ],
      [
        'a new line that is added',
        (store, id, terms) => store.addLines(id, [line(4, 1)], terms),
        ['nothing failed', 'CART_LINES_LIMIT', 'CART_UNITS_LIMIT', 'CART_LINES_LIMIT'],
      ],
    ])('refuses %s as before', async (_, call, expected) => {
      for (const [i, limits] of LOWERED.entries()) {
        const cartId = await filled()
        const before = await get().getCart(cartId, strong())
        const code = await codeOf(call(get(), cartId, options(T0, limits)))
        expect(code, JSON.stringify(limits)).toBe(expected[i])
        const after = await get().getCart(cartId, strong())
        if (code === 'nothing failed') expect(after.version).toBe(before.version + 1)
        else expect(after).toEqual(before)
      }
    })
  })

  describe('a line whose product is no longer sold', () => {
    const unsold = (quantity: number) => ({ productId: 1, quantity })

    it('can be set to fewer or as many units', async () => {
      const cartId = await filled()
      expect(await get().setLine(cartId, unsold(20), options())).toMatchObject({ version: 3 })
      expect(await get().setLine(cartId, unsold(4), options(T0 + 1))).toMatchObject({ version: 4 })
      const [first] = (await get().getCart(cartId, strong())).lines
      expect(first).toEqual({ ...line(1, 4), createdAt: T0, updatedAt: T0 + 1 })
      const limits = { maxUnits: 44 }
      expect(await codeOf(get().addLines(cartId, [line(2, 1)], options(T0, limits)))).toBe(
        'CART_UNITS_LIMIT',
      )
    })

    it('cannot be set to more units, nor be added', async () => {
      const cartId = await filled()
      const before = await get().getCart(cartId, strong())
      const set = (productId: number, quantity: number, terms = options()) =>
        codeOf(get().setLine(cartId, { productId, quantity }, terms))
      expect(await set(1, 21)).toBe('PRODUCT_NOT_FOUND')
      expect(await set(9, 1)).toBe('PRODUCT_NOT_FOUND')
      expect(await set(1, 21, options(T0, {}, { ifVersion: [1] }))).toBe('PRECONDITION_FAILED')
      expect(await get().getCart(cartId, strong())).toEqual(before)
      await get().checkout(cartId, options())
      expect(await set(1, 1)).toBe('CART_NOT_ACTIVE')
    })

    it('can be lowered when the service sells in another currency by now', async () => {
      const cartId = await filled()
      const terms = options(T0, {}, { currency: currencyOf('COP') })
      expect(await codeOf(get().setLine(cartId, line(1, 19), terms))).toBe('nothing failed')
      expect(await codeOf(get().setLine(cartId, line(1, 20), terms))).toBe('CURRENCY_MISMATCH')
    })
  })
}
