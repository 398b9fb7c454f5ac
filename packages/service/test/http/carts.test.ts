import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('the three core endpoints', () => {
  it('POST /shopping-carts responds with 201, the id and nothing else', async () => {
    const { post } = makeApp()
    const answer = await post('/shopping-carts', { customer_id: 7 })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({ shopping_cart_id: expect.stringMatching(UUID) })
    expect(answer.headers.location).toBe(`/shopping-carts/${answer.json().shopping_cart_id}`)
    expect(answer.headers.etag).toBe('"1"')
  })

  it('GET /shopping-carts/{id} responds with 200 and the cart; an empty cart has items: []', async () => {
    const { get, newCart } = makeApp()
    const cartId = await newCart()
    const answer = await get(`/shopping-carts/${cartId}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      shopping_cart_id: cartId,
      customer_id: 7,
      status: 'active',
      version: 1,
      items: [],
      item_count: 0,
      total_amount: 0,
      currency: 'USD',
      created_at: '2026-01-02T03:04:05.678Z',
      updated_at: '2026-01-02T03:04:05.678Z',
      expires_at: '2026-01-09T03:04:06.000Z',
    })
  })

  it('POST /shopping-carts/{id}/items responds with 204, and quantities add up', async () => {
    const { get, newCart, add, clock } = makeApp()
    const cartId = await newCart()
    const first = await add(cartId, 1, 2)
    expect([first.statusCode, first.body, first.headers.etag]).toEqual([204, '', '"2"'])
    clock.now += 1000
    expect((await add(cartId, 1, 3)).headers.etag).toBe('"3"')
    const { price, name } = (await get('/products/1')).json()
    const cart = (await get(`/shopping-carts/${cartId}`)).json()
    expect(cart.items).toEqual([
      {
        product_id: 1,
        product_name: name,
        line_id: 'MQ',
        product_price: price,
        quantity: 5,
        created_at: '2026-01-02T03:04:05.678Z',
        updated_at: '2026-01-02T03:04:06.678Z',
      },
    ])
    expect(cart.item_count).toBe(5)
    expect(cart.total_amount).toBe(Math.round(price * 500) / 100)
  })

  it('responds with 404 for an unknown cart, an unknown product and an id that is not a UUID', async () => {
    const { get, newCart, add } = makeApp()
    const cartId = await newCart()
    const unknown = '01890a5d-ac96-774b-bcce-b302099a8057'
    expect((await get(`/shopping-carts/${unknown}`)).json().error).toBe('CART_NOT_FOUND')
    expect((await get('/shopping-carts/42')).json().error).toBe('CART_NOT_FOUND')
    expect((await add(unknown, 1, 1)).json().error).toBe('CART_NOT_FOUND')
    const product = await add(cartId, 999_999, 1)
    expect([product.statusCode, product.json().error]).toEqual([404, 'PRODUCT_NOT_FOUND'])
    expect((await get(`/shopping-carts/${cartId}`)).json().version).toBe(1)
  })

  it('accepts a cart id in capital letters', async () => {
    const { get, newCart } = makeApp()
    const cartId = await newCart()
    expect((await get(`/shopping-carts/${cartId.toUpperCase()}`)).json().shopping_cart_id).toBe(
      cartId,
    )
  })
})

describe('reads', () => {
  it('responds with 304 to its entity tag', async () => {
    const { get, newCart, add } = makeApp()
    const cartId = await newCart()
    for (const tag of ['"1"', 'W/"1"', '"9", "1"', '*']) {
      const answer = await get(`/shopping-carts/${cartId}`, { 'if-none-match': tag })
      expect([answer.statusCode, answer.body]).toEqual([304, ''])
      expect(answer.headers).not.toHaveProperty('content-length')
    }
    await add(cartId, 1, 1)
    const answer = await get(`/shopping-carts/${cartId}`, { 'if-none-match': '"1"' })
    expect([answer.statusCode, answer.headers.etag]).toEqual([200, '"2"'])
  })

  it('reads strongly only if an eventual read was too old', async () => {
    const { store, get, newCart, add } = makeApp()
    const cartId = await newCart()
    const stale = await store.getCart(cartId, { now: 0, consistency: 'strong' })
    await add(cartId, 1, 1)
    const asked: string[] = []
    const { getCart } = store
    store.getCart = async (id, read) => {
      asked.push(read.consistency)
      return read.consistency === 'eventual' ? stale : getCart(id, read)
    }
    const version = async (query: string) =>
      (await get(`/shopping-carts/${cartId}${query}`)).json().version
    expect(await version('')).toBe(1)
    expect(await version('?consistency=strong')).toBe(2)
    expect(await version('?min_version=1')).toBe(1)
    expect(await version('?min_version=2')).toBe(2)
    expect(asked).toEqual(['eventual', 'strong', 'eventual', 'eventual', 'strong'])
  })

  it('does not find an expired cart; every change extends the expiry', async () => {
    const { get, newCart, add, clock } = makeApp({ env: { CART_TTL_SECONDS: '10' } })
    const cartId = await newCart()
    clock.now += 9000
    await add(cartId, 1, 1)
    clock.now += 9000
    expect((await get(`/shopping-carts/${cartId}`)).statusCode).toBe(200)
    clock.now += 2000
    expect((await get(`/shopping-carts/${cartId}`)).json().error).toBe('CART_NOT_FOUND')
  })
})

describe('checkout, orders and lists', () => {
  it('turns the cart into an order that is found by id and in the list', async () => {
    const { get, post, newCart, add, clock } = makeApp()
    const cartId = await newCart('anna')
    await add(cartId, 1, 2)
    clock.now += 500
    const checkout = await post(`/shopping-carts/${cartId}/checkout`)
    expect([checkout.statusCode, checkout.headers.etag]).toEqual([200, '"3"'])
    const { order_id } = checkout.json()
    const order = (await get(`/orders/${order_id}`)).json()
    expect(order).toMatchObject({ order_id, customer_id: 'anna', item_count: 2, currency: 'USD' })
    expect(order.ordered_at).toBe('2026-01-02T03:04:06.178Z')
    const cart = (await get(`/shopping-carts/${cartId}`)).json()
    expect(cart).toMatchObject({ status: 'checked_out', items: order.items, expires_at: null })
    expect((await get('/orders?customer_id=anna')).json()).toEqual({
      orders: [order],
      next_cursor: null,
    })
    expect((await get('/shopping-carts?customer_id=anna')).json()).toEqual({
      carts: [cart],
      next_cursor: null,
    })
  })

  it('responds with 400 for an empty cart, 409 for a checked-out cart, 404 for a missing cart', async () => {
    const { post, newCart, add } = makeApp()
    const cartId = await newCart()
    const checkout = async (id: string) => {
      const answer = await post(`/shopping-carts/${id}/checkout`)
      return [answer.statusCode, answer.json().error]
    }
    expect(await checkout(cartId)).toEqual([400, 'CART_EMPTY'])
    await add(cartId, 1, 1)
    expect((await checkout(cartId))[0]).toBe(200)
    expect(await checkout(cartId)).toEqual([409, 'CART_NOT_ACTIVE'])
    expect((await add(cartId, 1, 1)).statusCode).toBe(409)
    expect(await checkout('01890a5d-ac96-774b-bcce-b302099a8057')).toEqual([404, 'CART_NOT_FOUND'])
  })

  it('accepts a checkout with an empty JSON body', async () => {
    const { app, newCart, add } = makeApp()
    const cartId = await newCart()
    await add(cartId, 1, 1)
    const headers = { 'content-type': 'application/json' }
    const url = `/shopping-carts/${cartId}/checkout`
    expect((await app.inject({ method: 'POST', url, headers, payload: '' })).statusCode).toBe(200)
  })

  it('returns lists in pages with an opaque cursor', async () => {
    const { get, newCart, clock } = makeApp()
    const made = []
    for (let i = 0; i < 5; i++) {
      clock.now += 1
      made.unshift(await newCart(8))
    }
    const seen: string[] = []
    let cursor = ''
    do {
      const page = (await get(`/shopping-carts?customer_id=8&limit=2${cursor}`)).json()
      seen.push(...page.carts.map((cart: { shopping_cart_id: string }) => cart.shopping_cart_id))
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
    } while (cursor !== '')
    expect(seen).toEqual(made)
  })

  it('finds no order for an unknown id or the id of an active cart', async () => {
    const { get, newCart } = makeApp()
    for (const id of [await newCart(), '01890a5d-ac96-774b-bcce-b302099a8057', 'nonsense']) {
      const answer = await get(`/orders/${id}`)
      expect([answer.statusCode, answer.json().error]).toEqual([404, 'ORDER_NOT_FOUND'])
    }
  })
})

describe('limits', () => {
  it.each([
    ['LINE_QUANTITY_LIMIT', 1, 6],
    ['CART_UNITS_LIMIT', 2, 5],
  ])('responds with 422 %s', async (code, product, quantity) => {
    const env = { CART_MAX_LINE_QUANTITY: '5', CART_MAX_UNITS: '8' }
    const { newCart, add } = makeApp({ env })
    const cartId = await newCart()
    await add(cartId, 3, 5)
    const answer = await add(cartId, product, quantity)
    expect([answer.statusCode, answer.json().error]).toEqual([422, code])
  })

  it('responds with 422 CART_LINES_LIMIT', async () => {
    const { newCart, add } = makeApp({ env: { CART_MAX_LINES: '1' } })
    const cartId = await newCart()
    await add(cartId, 1, 1)
    expect((await add(cartId, 2, 1)).json().error).toBe('CART_LINES_LIMIT')
  })
})
