import { describe, expect, it } from 'vitest'
import { newCartId } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { filled } from './changes.ts'
import { codeOf, create, newCustomer, options, T0 } from './fixtures.ts'

/** The owner of a cart, which the service looks up before a customer may change it. */
export function describeOwner(get: () => CartStore): void {
  const END = options().expiresAt

  describe('the owner', () => {
    it.each([7, 'anna', "o'neil", '__proto__'])('is the customer %j, with its type', async (id) => {
      expect(await get().getOwner(await create(get(), id), T0)).toBe(id)
    })

    it.each<[string, (store: CartStore, cartId: string) => Promise<unknown>]>([
      ['checked out', (store, id) => store.checkout(id, options())],
      ['deleted', (store, id) => store.deleteCart(id, options())],
      [
        'merged into another',
        async (store, id) =>
          store.mergeCart(await create(store), { fromCartId: id, strategy: 'sum' }, options()),
      ],
    ])('of a cart that was %s is known', async (_, end) => {
      const customer = newCustomer()
      const cartId = await filled(get(), customer)
      await end(get(), cartId)
      expect(await get().getOwner(cartId, END - 1)).toBe(customer)
    })

    it('of an order is known for ever', async () => {
      const customer = newCustomer()
      const cartId = await filled(get(), customer)
      await get().checkout(cartId, options())
      expect(await get().getOwner(cartId, END * 2)).toBe(customer)
    })

    it('of a cart that has expired or does not exist is not known', async () => {
      const cartId = await create(get())
      expect(await get().getOwner(cartId, END - 1)).toBe(7)
      expect(await codeOf(get().getOwner(cartId, END))).toBe('CART_NOT_FOUND')
      expect(await codeOf(get().getOwner(newCartId(T0), T0))).toBe('CART_NOT_FOUND')
    })

    it('is that of the new cart when an expired cart is replaced', async () => {
      const cartId = await create(get(), newCustomer())
      const customerId = newCustomer()
      await get().createCart({ ...options(END), cartId, customerId })
      expect(await get().getOwner(cartId, END)).toBe(customerId)
    })
  })
}
