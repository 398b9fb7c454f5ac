import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { CartError } from '../../src/cart/errors.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

type Headers = Record<string, string>

/** A service with one cart that has 2 units of product 1. */
async function withCart(env: Record<string, string> = {}) {
  const made = makeApp({ env })
  const cartId = await made.newCart()
  await made.add(cartId, 1, 2)
  const path = `/shopping-carts/${cartId}`
  const send = (
    method: 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
    headers: Headers = {},
  ) => made.app.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
  const cart = async () => (await made.get(path)).json()
  return { ...made, cartId, path, send, cart }
}

describe('changes of a cart', () => {
  it.each([
    ['STORE_BUSY', new CartError('STORE_BUSY'), []],
    ['STORE_TIMEOUT', new CartError('STORE_TIMEOUT'), []],
    [
      'INTERNAL_ERROR',
      new CartError('INTERNAL_ERROR'),
      ['INTERNAL_ERROR in the read after a merge'],
    ],
    ['a defect', new TypeError('x'), ['INTERNAL_ERROR in the read after a merge']],
  ])(
    'a merge that was made is no failure when the read afterwards fails: %s',
    async (_, error, logged) => {
      const store = openMemoryStore()
      const { newCart, add, app, get, logs } = makeApp({ store })
      const [cartId, guest] = [await newCart(), await newCart()]
      await add(guest, 1, 2)
      const { getCart } = store
      store.getCart = () => Promise.reject(error)
      const url = `/shopping-carts/${cartId}/merge`
      const merged = await app.inject({ method: 'POST', url, payload: { from_cart_id: guest } })
      store.getCart = getCart
      const { version, item_count } = (await get(`/shopping-carts/${cartId}`)).json()
      expect([merged.statusCode, merged.headers.etag]).toEqual([204, `"${version}"`])
      expect(item_count).toBe(2)
      expect(logs.filter(({ level }) => level === 50).map(({ msg }) => msg)).toEqual(logged)
    },
  )

  it('PUT sets a quantity or adds a product', async () => {
    const { path, send, cart } = await withCart()
    const answer = await send('PUT', `${path}/items/1`, { quantity: 7 })
    expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([204, '', '"3"'])
    expect((await send('PUT', `${path}/items/5`, { quantity: 1 })).statusCode).toBe(204)
    expect((await cart()).items.map((each: { quantity: number }) => each.quantity)).toEqual([7, 1])
    expect((await send('PUT', `${path}/items/999999`, { quantity: 1 })).json().error).toBe(
      'PRODUCT_NOT_FOUND',
    )
    expect((await send('PUT', `${path}/items/1`, { quantity: 0 })).statusCode).toBe(400)
  })

  it('DELETE removes a line, all lines or the cart', async () => {
    const { path, send, cart, get } = await withCart()
    expect((await send('DELETE', `${path}/items/1`)).headers.etag).toBe('"3"')
    expect((await send('DELETE', `${path}/items/1`)).json().error).toBe('LINE_NOT_FOUND')
    expect((await send('DELETE', `${path}/items`)).headers.etag).toBe('"4"')
    expect((await cart()).items).toEqual([])
    expect((await send('DELETE', path)).statusCode).toBe(204)
    expect((await get(path)).json().error).toBe('CART_NOT_FOUND')
  })

  it('POST adds up to 100 lines at once, all or none, and names an invalid line', async () => {
    const { path, send, cart } = await withCart({ CART_MAX_LINES: '101' })
    const items = Array.from({ length: 100 }, (_, i) => ({ product_id: i + 1, quantity: i + 1 }))
    expect((await send('POST', `${path}/items`, { items })).headers.etag).toBe('"3"')
    const before = await cart()
    expect(before.item_count).toBe(2 + 5050)
    const wrong: [object[], string][] = [
      [
        [...items, { product_id: 101, quantity: 1 }],
        'body.items must NOT have more than 100 items',
      ],
      [[], 'body.items must NOT have fewer than 1 items'],
      [
        [items[0] ?? {}, { product_id: 999_999, quantity: 1 }],
        'items[1]: there is no product 999999.',
      ],
      [[items[0] ?? {}, items[0] ?? {}], 'items[1]: product 1 occurs twice'],
      [[items[0] ?? {}, { product_id: 2, quantity: 1.5 }], 'body.items.1.quantity must be integer'],
      [
        [{ product_id: 2, quantity: 1, price: 1 }],
        'body.items.0 must NOT have additional properties ("price")',
      ],
    ]
    for (const [lines, detail] of wrong) {
      expect((await send('POST', `${path}/items`, { items: lines })).json().detail).toBe(detail)
    }
    expect(await cart()).toEqual(before)
  })

  it('POST merge moves the lines of another cart into this one and can be repeated', async () => {
    const { cartId, path, send, newCart, add } = await withCart()
    const guest = await newCart('guest-1')
    await add(guest, 1, 3)
    await add(guest, 2, 1)
    const merge = (body: object) => send('POST', `${path}/merge`, body)
    const first = await merge({ from_cart_id: guest })
    expect([first.statusCode, first.headers.etag, first.headers['idempotency-replayed']]).toEqual([
      200,
      '"3"',
      undefined,
    ])
    expect(first.json().items.map((each: { quantity: number }) => each.quantity)).toEqual([5, 1])
    const again = await merge({ from_cart_id: guest, strategy: 'max' })
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.json()).toEqual(first.json())
    expect((await merge({ from_cart_id: cartId })).json().error).toBe('VALIDATION_FAILED')
    expect(
      (await merge({ from_cart_id: '01890a5d-ac96-774b-bcce-b302099a8057' })).json().error,
    ).toBe('CART_NOT_FOUND')
    expect((await merge({ from_cart_id: guest, strategy: 'min' })).statusCode).toBe(400)
  })
})

describe('If-Match', () => {
  const changes: [string, 'POST' | 'PUT' | 'DELETE', string, object | undefined][] = [
    ['set', 'PUT', '/items/1', { quantity: 3 }],
    ['remove', 'DELETE', '/items/1', undefined],
    ['empty', 'DELETE', '/items', undefined],
    ['delete', 'DELETE', '', undefined],
    ['checkout', 'POST', '/checkout', undefined],
    ['add', 'POST', '/items', { product_id: 1, quantity: 1 }],
  ]

  it.each(changes)(
    '%s is made only at a version in the header',
    async (_, method, suffix, body) => {
      const { path, send, cart } = await withCart()
      const before = await cart()
      for (const tag of ['"1"', '"1", "3"', 'W/"1"', 'nonsense', '2']) {
        const answer = await send(method, path + suffix, body, { 'if-match': tag })
        expect([answer.statusCode, answer.json().error]).toEqual([412, 'PRECONDITION_FAILED'])
        expect(answer.json().current_version).toBe(2)
      }
      expect(await cart()).toEqual(before)
      // A proxy that compresses responses makes their tags weak.
      const answer = await send(method, path + suffix, body, { 'if-match': '"1", W/"2"' })
      expect([answer.statusCode < 300, answer.headers.etag]).toEqual([true, '"3"'])
    },
  )

  it('* matches any version', async () => {
    const { path, send } = await withCart()
    expect((await send('DELETE', path, undefined, { 'if-match': '*' })).statusCode).toBe(204)
  })
})

describe('Idempotency-Key', () => {
  const key = { 'idempotency-key': 'b8b1…'.replace('…', '-42') }

  it('a retried change has no second effect and gets the original response', async () => {
    const { path, send, add, cartId, cart } = await withCart()
    const body = { product_id: 1, quantity: 3 }
    const first = await send('POST', `${path}/items`, body, key)
    await add(cartId, 2, 1)
    const retry = await send('POST', `${path}/items`, body, key)
    expect([first.headers['idempotency-replayed'], retry.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ])
    expect([retry.statusCode, retry.headers.etag]).toEqual([first.statusCode, first.headers.etag])
    expect((await cart()).item_count).toBe(2 + 3 + 1)
  })

  it('is refused with another body, method or URL', async () => {
    const { path, send } = await withCart()
    await send('POST', `${path}/items`, { product_id: 1, quantity: 3 }, key)
    const others = [
      await send('POST', `${path}/items`, { product_id: 1, quantity: 4 }, key),
      await send('DELETE', `${path}/items`, undefined, key),
      await send('PUT', `${path}/items/1`, { quantity: 3 }, key),
    ]
    for (const answer of others) {
      expect([answer.statusCode, answer.json().error]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    }
  })

  it('of a creation returns the same cart and is refused for another customer', async () => {
    const { send } = await withCart()
    const create = (customerId: number) =>
      send('POST', '/shopping-carts', { customer_id: customerId }, key)
    const [first, retry] = [await create(7), await create(7)]
    expect(retry.json()).toEqual(first.json())
    expect([retry.statusCode, retry.headers['idempotency-replayed']]).toEqual([201, 'true'])
    expect((await create(8)).json().error).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('of a checkout or deletion gets the original response although the cart is no longer active', async () => {
    const { path, send } = await withCart()
    const first = await send('POST', `${path}/checkout`, undefined, key)
    const retry = await send('POST', `${path}/checkout`, undefined, key)
    expect([retry.statusCode, retry.json()]).toEqual([200, first.json()])
    expect((await send('POST', `${path}/checkout`, undefined)).statusCode).toBe(409)
    const other = await withCart()
    expect((await other.send('DELETE', other.path, undefined, key)).statusCode).toBe(204)
    expect((await other.send('DELETE', other.path, undefined, key)).statusCode).toBe(204)
    expect((await other.send('DELETE', other.path)).statusCode).toBe(404)
  })

  it.each(['', ' ', 'a b', 'é', 'x'.repeat(256), 'tab\there'])('%j is no key', async (value) => {
    const { path, send, cart } = await withCart()
    const body = { product_id: 1, quantity: 3 }
    const answer = await send('POST', `${path}/items`, body, { 'idempotency-key': value })
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'VALIDATION_FAILED'])
    expect((await cart()).version).toBe(2)
  })

  it('is not stored in clear text', async () => {
    const store = openMemoryStore()
    const seen: unknown[] = []
    const { addLines } = store
    store.addLines = (cartId, lines, options) => {
      seen.push(options.key)
      return addLines(cartId, lines, options)
    }
    const { app, newCart } = makeApp({ store })
    const url = `/shopping-carts/${await newCart()}/items`
    const secret = 'a-secret-key'
    await app.inject({
      method: 'POST',
      url,
      payload: { product_id: 1, quantity: 1 },
      headers: { 'idempotency-key': secret },
    })
    expect(seen).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{22}$/),
        fingerprint: expect.stringMatching(/^[\w-]{22}$/),
      },
    ])
    expect(JSON.stringify(seen)).not.toContain(secret)
  })
})

describe('warnings', () => {
  it('report a changed price and a removed product; an order has no warnings', async () => {
    const store = openMemoryStore()
    const before = makeApp({ store })
    const cartId = await before.newCart()
    for (const id of [1, 2, 3]) await before.add(cartId, id, 1)
    const prices = [1, 2, 3].map(async (id) => (await before.get(`/products/${id}`)).json().price)
    const [p1 = 0] = await Promise.all(prices)
    const after = makeApp({
      store,
      products: (all) =>
        all
          .filter(({ productId }) => productId !== 2)
          .map((each) => (each.productId === 1 ? { ...each, price: each.price + 100 } : each)),
    })
    const { items, total_amount } = (await after.get(`/shopping-carts/${cartId}`)).json()
    expect(items.map((each: { warnings?: object[] }) => each.warnings)).toEqual([
      [
        {
          code: 'PRICE_CHANGED',
          message: expect.any(String),
          current_price: Math.round((p1 + 1) * 100) / 100,
        },
      ],
      [{ code: 'PRODUCT_UNAVAILABLE', message: expect.any(String) }],
      undefined,
    ])
    expect(total_amount).toBe((await before.get(`/shopping-carts/${cartId}`)).json().total_amount)
    await after.post(`/shopping-carts/${cartId}/checkout`)
    const order = (await after.get(`/orders/${cartId}`)).json()
    expect(order.items.some((each: object) => 'warnings' in each)).toBe(false)
  })
})
