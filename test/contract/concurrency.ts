import { describe, expect, it } from 'vitest'
import type { CartStore } from '../../src/store/cart-store.ts'
import { codeOf, create, line, options, strong } from './fixtures.ts'

/** What must hold for concurrent calls on one cart. */
export function describeConcurrency(get: () => CartStore): void {
  describe('concurrency', () => {
    it('100 concurrent adds to one line: nothing lost, every version returned once', async () => {
      const cartId = await create(get())
      const changed = await Promise.all(
        range(100).map(() => get().addLines(cartId, [line(1)], options())),
      )
      expect(sorted(changed.map((each) => each.version))).toEqual(range(100).map((i) => i + 2))
      const cart = await get().getCart(cartId, strong())
      expect(cart.version).toBe(101)
      expect(cart.lines.map((each) => each.quantity)).toEqual([100])
    })

    it('100 concurrent adds to one cart, 20 products: nothing lost', async () => {
      const cartId = await create(get())
      const changed = await Promise.all(
        range(100).map((i) => get().addLines(cartId, [line((i % 20) + 1, i + 1)], options())),
      )
      expect(sorted(changed.map((each) => each.version))).toEqual(range(100).map((i) => i + 2))
      const cart = await get().getCart(cartId, strong())
      // Product p got (p) + (p + 20) + ... + (p + 80).
      const expected = new Map(range(20).map((i) => [i + 1, 5 * (i + 1) + 200]))
      expect(new Map(cart.lines.map((each) => [each.productId, each.quantity]))).toEqual(expected)
    })

    it('limits are exact under concurrency', async () => {
      const perLine = await create(get())
      const limited = { maxLineQuantity: 10 }
      const codes = await Promise.all(
        range(30).map(() =>
          codeOf(get().addLines(perLine, [line(1)], options(undefined, limited))),
        ),
      )
      expect(count(codes)).toEqual({ 'nothing failed': 10, LINE_QUANTITY_LIMIT: 20 })
      expect((await get().getCart(perLine, strong())).version).toBe(11)

      const perCart = await create(get())
      const lineCodes = await Promise.all(
        range(30).map((i) =>
          codeOf(get().addLines(perCart, [line(i + 1)], options(undefined, { maxLines: 7 }))),
        ),
      )
      expect(count(lineCodes)).toEqual({ 'nothing failed': 7, CART_LINES_LIMIT: 23 })
      expect((await get().getCart(perCart, strong())).lines).toHaveLength(7)
    })

    it('one of several concurrent checkouts succeeds, and the order has exactly the acknowledged adds', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [line(1)], options())
      const adds = range(20).map(() => codeOf(get().addLines(cartId, [line(1)], options())))
      const checkouts = range(5).map(() => codeOf(get().checkout(cartId, options())))
      const [added, checkedOut] = await Promise.all([Promise.all(adds), Promise.all(checkouts)])
      expect(count(checkedOut)).toEqual({ 'nothing failed': 1, CART_NOT_ACTIVE: 4 })
      expect(Object.keys(count(added)).sort()).not.toContain('STORE_BUSY')
      const acknowledged = count(added)['nothing failed'] ?? 0
      expect(acknowledged + (count(added).CART_NOT_ACTIVE ?? 0)).toBe(20)
      const order = await get().getOrder(cartId)
      expect(order.lines[0]?.quantity).toBe(1 + acknowledged)
      expect(order.version).toBe(3 + acknowledged)
    })

    it('a reader never sees a version with the lines of another version', async () => {
      const cartId = await create(get())
      const writer = (async () => {
        for (let i = 0; i < 40; i++) await get().addLines(cartId, [line((i % 5) + 1)], options())
      })()
      const reader = (async () => {
        for (let i = 0; i < 40; i++) {
          const cart = await get().getCart(cartId, strong())
          const units = cart.lines.reduce((sum, each) => sum + each.quantity, 0)
          expect(units).toBe(cart.version - 1)
        }
      })()
      await Promise.all([writer, reader])
    })
  })
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}

function count(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
