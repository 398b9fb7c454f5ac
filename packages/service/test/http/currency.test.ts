import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import type { CartJson, OrderJson } from '../../src/http/schemas.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

/** A restart of one service with another currency. */
const shopIn = (currency: string, store = openMemoryStore()) =>
  makeApp({ store, env: { CURRENCY: currency } })

const amountsOf = ({ total_amount, currency, items }: CartJson | OrderJson) => ({
  total_amount,
  currency,
  price: items[0]?.product_price,
})

describe('after a restart with another currency', () => {
  it.each(['USD', 'KWD', 'JPY', 'UYW'])(
    'a cart and an order in COP say the same as before: %s',
    async (currency) => {
      const store = openMemoryStore()
      const before = shopIn('COP', store)
      const [cart, order] = [await before.newCart(), await before.newCart()]
      for (const id of [cart, order]) await before.add(id, 1, 2)
      await before.post(`/shopping-carts/${order}/checkout`)
      const urls = [
        `/shopping-carts/${cart}`,
        `/shopping-carts/${order}`,
        `/orders/${order}`,
      ] as const
      const after = shopIn(currency, store)
      for (const url of urls) {
        const [then, now] = [(await before.get(url)).json(), (await after.get(url)).json()]
        expect(amountsOf(now)).toEqual(amountsOf(then))
        expect(now.currency).toBe('COP')
      }
      const [then, now] = await Promise.all(
        [before, after].map(async (shop) => (await shop.get('/orders?customer_id=7')).json()),
      )
      expect(now).toEqual(then)
    },
  )

  it('a product in the new currency is refused in words, and the cart can be checked out', async () => {
    const store = openMemoryStore()
    const before = shopIn('COP', store)
    const id = await before.newCart()
    await before.add(id, 1, 2)
    const after = shopIn('USD', store)
    const refused = await after.add(id, 2, 1)
    expect(refused.json()).toMatchObject({
      status: 409,
      error: 'CURRENCY_MISMATCH',
      detail: 'The cart is in another currency',
    })
    const put = (quantity: number) =>
      after.app.inject({
        method: 'PUT',
        url: `/shopping-carts/${id}/items/1`,
        payload: { quantity },
      })
    expect((await put(3)).json().error).toBe('CURRENCY_MISMATCH')
    // Fewer units bring no price into the cart.
    expect((await put(1)).statusCode).toBe(204)
    const other = await after.newCart()
    await after.add(other, 1, 1)
    const merge = await after.post(`/shopping-carts/${other}/merge`, { from_cart_id: id })
    expect([merge.statusCode, merge.json().error]).toEqual([409, 'CURRENCY_MISMATCH'])
    expect((await after.post(`/shopping-carts/${id}/checkout`)).statusCode).toBe(200)
    expect((await after.get(`/orders/${id}`)).json().currency).toBe('COP')
  })
})
