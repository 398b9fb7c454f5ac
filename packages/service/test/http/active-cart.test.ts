import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'

describe('PUT /customers/{id}/active-cart', () => {
  const { app } = makeApp({ env: { CART_PUBLIC_URL: 'https://shop.example/carts' } })
  const put = (customer: string, payload?: object) =>
    app.inject({
      method: 'PUT',
      url: `/customers/${customer}/active-cart`,
      ...(payload && { payload }),
    })

  it('creates a cart once and returns it with its version from then on', async () => {
    const answers = await Promise.all([put('7'), put('7'), put('7', {})])
    expect(answers.map((each) => each.statusCode).sort()).toEqual([200, 200, 201])
    const ids = new Set(answers.map((each) => each.json().shopping_cart_id))
    expect(ids.size).toBe(1)
    const [id] = ids
    const made = answers.find((each) => each.statusCode === 201)
    expect(made?.headers.location).toBe(`https://shop.example/carts/shopping-carts/${id}`)
    await app.inject({
      method: 'POST',
      url: `/shopping-carts/${id}/items`,
      payload: { product_id: 1, quantity: 1 },
    })
    const again = await put('7')
    expect([again.statusCode, again.headers.etag, again.headers.location]).toEqual([
      200,
      '"2"',
      undefined,
    ])
    const cart = (await app.inject(`/shopping-carts/${id}`)).json()
    expect(cart.customer_id).toBe(7)
    const list = (query: string) => app.inject(`/shopping-carts?customer_id=7${query}`)
    expect((await list('&status=active')).json().carts).toHaveLength(1)
    expect((await list('&status=checked_out')).json().carts).toHaveLength(0)
    for (const wrong of ['&status=merged', '&status=', '&status=active&status=active'])
      expect((await list(wrong)).json().error).toBe('VALIDATION_FAILED')
  })

  it('keeps the type of ids, and refuses what is none', async () => {
    const ids = await Promise.all(
      ['42', '%2242%22', '0042', 'anna%40example.org', '%2F..%2F'].map((each) => put(each)),
    )
    expect(new Set(ids.map((each) => each.json().shopping_cart_id)).size).toBe(5)
    for (const wrong of ['%00', 'x'.repeat(65)])
      expect((await put(wrong)).json().error).toBe('VALIDATION_FAILED')
    expect((await put('7', { customer_id: 8 })).json().error).toBe('VALIDATION_FAILED')
    const get = await app.inject('/customers/7/active-cart')
    expect([get.statusCode, get.headers.allow]).toEqual([405, 'OPTIONS, PUT'])
  })
})
