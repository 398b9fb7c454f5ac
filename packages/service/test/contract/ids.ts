import { describe, expect, it } from 'vitest'
import { type EntityId, newCartId } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { codeOf, create, line, newCustomer, options, strong, T0, USD } from './fixtures.ts'

/** Ids that look alike: an integer, and strings of digits. */
export function describeIds(get: () => CartStore): void {
  const ALIKE: EntityId[] = [42, '42', '042', '0042', '"42"']

  describe('ids that look alike', () => {
    it.each(ALIKE)('%j is a customer with separate carts and orders', async (customerId) => {
      const store = get()
      const cartId = await create(store, customerId)
      await store.addLines(cartId, [line(1)], options())
      await store.checkout(cartId, options())
      expect(await store.getOwner(cartId, T0)).toBe(customerId)
      const others = ALIKE.filter((id) => id !== customerId)
      const owners = async (id: EntityId) => {
        const page = { limit: 100, now: T0 }
        const lists = [await store.listCarts(id, page), await store.listOrders(id, page)]
        return lists.map(({ items }) => items.find((cart) => cart.cartId === cartId)?.customerId)
      }
      expect(await owners(customerId)).toEqual([customerId, customerId])
      for (const other of others) expect(await owners(other)).toEqual([undefined, undefined])
    })

    it('are separate products in one cart, in every change', async () => {
      const store = get()
      const cartId = await create(store, newCustomer())
      const quantities = async () => {
        const { lines } = await store.getCart(cartId, strong())
        return new Map(lines.map(({ productId, quantity }) => [productId, quantity]))
      }
      await store.addLines(
        cartId,
        ALIKE.slice(0, 3).map((id, i) => line(id, i + 1)),
        options(),
      )
      await Promise.all(
        ALIKE.slice(3).map((id) => store.addLines(cartId, [line(id, 9)], options())),
      )
      expect(await quantities()).toEqual(
        new Map<EntityId, number>([
          [42, 1],
          ['42', 2],
          ['042', 3],
          ['0042', 9],
          ['"42"', 9],
        ]),
      )
      await store.addLines(cartId, [line('42', 10)], options())
      await store.setLine(cartId, line(42, 20), options())
      await store.removeLine(cartId, '042', options())
      expect(await codeOf(store.removeLine(cartId, '042', options()))).toBe('LINE_NOT_FOUND')
      expect(await quantities()).toEqual(
        new Map<EntityId, number>([
          [42, 20],
          ['42', 12],
          ['0042', 9],
          ['"42"', 9],
        ]),
      )
    })

    it('are sorted alike on every store', async () => {
      const cartId = await create(get(), newCustomer())
      await get().addLines(
        cartId,
        ALIKE.map((id) => line(id)),
        options(),
      )
      const { lines } = await get().getCart(cartId, strong())
      expect(lines.map(({ productId }) => productId)).toEqual(['"42"', '0042', '042', '42', 42])
    })

    it('stay separate when carts are merged', async () => {
      const [from, into] = [await create(get(), 'guest-1'), await create(get(), newCustomer())]
      await get().addLines(from, [line('42', 1), line(7, 1)], options())
      await get().addLines(into, [line(42, 2), line(7, 2)], options())
      await get().mergeCart(into, { fromCartId: from, strategy: 'sum' }, options())
      const { lines } = await get().getCart(into, strong())
      expect(new Map(lines.map(({ productId, quantity }) => [productId, quantity]))).toEqual(
        new Map<EntityId, number>([
          [42, 2],
          ['42', 1],
          [7, 3],
        ]),
      )
    })

    it('are named in an error so that they can be told apart', async () => {
      const cartId = await create(get(), newCustomer())
      const exceeding = (id: EntityId) =>
        get().addLines(cartId, [line(id, 5)], options(T0, { maxLineQuantity: 4 }))
      await expect(exceeding('42')).rejects.toThrow('Product "42": a line can have')
      await expect(exceeding(42)).rejects.toThrow('Product 42: a line can have')
    })

    it('cannot create one cart under one key for two customers', async () => {
      const [cartId, { expiresAt }] = [newCartId(T0), options()]
      const createFor = (customerId: EntityId) =>
        get().createCart({ cartId, customerId, currency: USD, now: T0, expiresAt })
      expect(await createFor('42')).toMatchObject({ replayed: false })
      expect(await createFor('42')).toMatchObject({ replayed: true })
      expect(await codeOf(createFor(42))).toBe('IDEMPOTENCY_KEY_REUSED')
    })
  })
}
