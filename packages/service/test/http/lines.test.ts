import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { openCatalog } from '../../src/catalog/catalog.ts'
import { generateProducts } from '../../src/catalog/generate.ts'

/** The app over a catalog that can change, with a cart. */
async function setup(env: Record<string, string> = {}) {
  const products = generateProducts(9, 1)
  let sold = openCatalog(products)
  const catalog = {
    get size() {
      return sold.size
    },
    find: (id: string | number) => sold.find(id),
    get: (id: string | number, where?: string) => sold.get(id, where),
    search: (query: Parameters<typeof sold.search>[0]) => sold.search(query),
  }
  const { app } = makeApp({ catalog, env })
  const create = { method: 'POST', url: '/shopping-carts', payload: { customer_id: 7 } } as const
  const { shopping_cart_id: id } = (await app.inject(create)).json()
  const send = (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    app.inject({
      method,
      url: `/shopping-carts/${id}${path}`,
      headers,
      ...(payload && { payload }),
    })
  const items = async () => (await send('GET', '')).json().items
  return {
    app,
    send,
    items,
    /** Changes prices by product; without a price, a product is no longer sold. */
    sell(prices: Record<number, number | undefined>) {
      sold = openCatalog(
        products.flatMap((each) => {
          const price =
            Number(each.productId) in prices ? prices[Number(each.productId)] : each.price
          return price === undefined ? [] : [{ ...each, price }]
        }),
      )
    },
  }
}

const SIZED = { product_id: 1, quantity: 2, attributes: { size: 'M' } }

describe('lines with attributes', () => {
  it('are added, shown, addressed by their id, relabelled and removed', async () => {
    const { send, items } = await setup()
    await send('POST', '/items', {
      items: [SIZED, { ...SIZED, attributes: { size: 'L' } }, { product_id: 1, quantity: 1 }],
    })
    const [plain, l, m] = await items()
    expect([plain, l, m].map(({ attributes, quantity }) => [attributes, quantity])).toEqual([
      [undefined, 1],
      [{ size: 'L' }, 2],
      [{ size: 'M' }, 2],
    ])
    expect((await send('PUT', `/lines/${m.line_id}`, { quantity: 5 })).statusCode).toBe(204)
    expect((await send('PUT', '/items/1', { quantity: 3 })).statusCode).toBe(204)
    expect(
      (await send('PATCH', `/lines/${l.line_id}`, { attributes: { size: 'M' } })).statusCode,
    ).toBe(204)
    expect((await items()).map((each: { quantity: number }) => each.quantity)).toEqual([3, 7])
    expect((await send('DELETE', `/lines/${plain.line_id}`)).statusCode).toBe(204)
    expect((await send('DELETE', `/lines/${plain.line_id}`)).json().error).toBe('LINE_NOT_FOUND')
    expect((await send('DELETE', '/items/1')).statusCode).toBe(204)
    expect(await items()).toEqual([])
  })

  it.each<[unknown]>([
    [null],
    ['M'],
    [['M']],
    [{ size: 1 }],
    [{ size: '' }],
    [{ '': 'M' }],
    [{ size: 'x'.repeat(201) }],
    [{ size: '\u0007' }],
    [{ 'a\nb': 'x' }],
    [{ ['n'.repeat(33)]: 'x' }],
    [Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`n${i}`, 'x']))],
    [{ a: 'é'.repeat(150) }],
  ])('are refused with the rule: %j', async (attributes) => {
    const { send, items } = await setup()
    const answer = await send('POST', '/items', {
      product_id: 1,
      quantity: 1,
      attributes: attributes as object,
    })
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'VALIDATION_FAILED'])
    await send('POST', '/items', { product_id: 1, quantity: 1 })
    const [{ line_id }] = await items()
    const patch = await send('PATCH', `/lines/${line_id}`, { attributes: attributes as object })
    expect([patch.statusCode, patch.json().error]).toEqual([400, 'VALIDATION_FAILED'])
  })

  it.each([
    'x',
    'MQo',
    'MQ%3D%3D',
    '%00',
    Buffer.from('1\n{"__proto__":"x"}').toString('base64url'),
    Buffer.from('1\n{}').toString('base64url'),
    'A'.repeat(1900),
  ])('are not found by the id %s', async (lineId) => {
    const { send } = await setup()
    for (const answer of [
      await send('PUT', `/lines/${lineId}`, { quantity: 1 }),
      await send('PATCH', `/lines/${lineId}`, { attributes: {} }),
      await send('DELETE', `/lines/${lineId}`),
    ])
      expect([answer.statusCode, answer.json().error]).toEqual([404, 'LINE_NOT_FOUND'])
  })

  it('are part of what an idempotency key stands for; no attributes are the same as none', async () => {
    const { send, items } = await setup()
    const key = (name: string) => ({ 'idempotency-key': name })
    const plain = { product_id: 1, quantity: 1 }
    await send('POST', '/items', { ...plain, attributes: { b: '2', a: '1' } }, key('a'))
    const same = await send(
      'POST',
      '/items',
      { attributes: { a: '1', b: '2' }, ...plain },
      key('a'),
    )
    expect(same.headers['idempotency-replayed']).toBe('true')
    const other = await send('POST', '/items', { ...plain, attributes: { a: '1' } }, key('a'))
    expect(other.json().error).toBe('IDEMPOTENCY_KEY_REUSED')
    await send('POST', '/items', plain, key('b'))
    const none = await send('POST', '/items', { ...plain, attributes: {} }, key('b'))
    expect(none.headers['idempotency-replayed']).toBe('true')
    expect(await items()).toHaveLength(2)
  })

  it('may occur once in a request', async () => {
    const { send } = await setup()
    const twice = await send('POST', '/items', { items: [SIZED, { ...SIZED, quantity: 1 }] })
    expect(twice.json().detail).toBe('items[1]: product 1 occurs twice with the same attributes')
  })
})

describe('a product that is no longer sold', () => {
  it('can be lowered, kept and removed, but not raised or added', async () => {
    const { send, sell, items } = await setup()
    await send('POST', '/items', { product_id: 1, quantity: 5 })
    sell({ 1: undefined })
    expect((await send('PUT', '/items/1', { quantity: 5 })).statusCode).toBe(204)
    expect((await send('PUT', '/items/1', { quantity: 2 })).statusCode).toBe(204)
    const raised = await send('PUT', '/items/1', { quantity: 3 })
    expect(raised.json()).toMatchObject({
      error: 'PRODUCT_NOT_FOUND',
      detail: 'There is no product 1.',
    })
    expect((await send('POST', '/items', { product_id: 1, quantity: 1 })).statusCode).toBe(404)
    expect((await items())[0].quantity).toBe(2)
  })
})

describe('checkout of what the shopper saw', () => {
  it('is refused for another total, and for warnings, until they are accepted', async () => {
    const { send, sell } = await setup()
    await send('POST', '/items', {
      items: [
        { product_id: 1, quantity: 2 },
        { product_id: 2, quantity: 1 },
      ],
    })
    const seen = (await send('GET', '')).json()
    sell({ 1: 100, 2: undefined })
    const wrong = await send('POST', '/checkout', { expected_total: 1 })
    expect([wrong.statusCode, wrong.json()]).toMatchObject([
      409,
      {
        error: 'TOTAL_CHANGED',
        current_total: seen.total_amount,
        currency: 'USD',
        current_version: 2,
      },
    ])
    const asked = { expected_total: seen.total_amount, currency: 'USD', refuse_warnings: true }
    const key = { 'idempotency-key': 'k' }
    const warned = await send('POST', '/checkout', asked, key)
    expect([warned.statusCode, warned.json()]).toMatchObject([
      409,
      {
        error: 'CART_HAS_WARNINGS',
        current_version: 2,
        warnings: [
          {
            product_id: 1,
            line_id: seen.items[0].line_id,
            code: 'PRICE_CHANGED',
            current_price: 1,
          },
          { product_id: 2, line_id: seen.items[1].line_id, code: 'PRODUCT_UNAVAILABLE' },
        ],
      },
    ])
    expect((await send('POST', '/reprice', undefined, { 'if-match': '"1"' })).statusCode).toBe(412)
    const repriced = await send('POST', '/reprice', undefined, {
      'if-match': '"2"',
      'idempotency-key': 'r',
    })
    expect([repriced.statusCode, repriced.headers.etag]).toEqual([204, '"3"'])
    expect((await send('POST', '/reprice')).headers.etag).toBe('"3"')
    await send('DELETE', '/items/2')
    const cart = (await send('GET', '')).json()
    expect(cart.total_amount).toBe(2)
    expect((await send('POST', '/checkout', asked, key)).json().error).toBe('TOTAL_CHANGED')
    const last = { ...asked, expected_total: 2 }
    const made = await send('POST', '/checkout', last, key)
    expect([made.statusCode, made.headers['idempotency-replayed']]).toEqual([200, undefined])
    const again = await send('POST', '/checkout', last, key)
    expect([again.json(), again.headers['idempotency-replayed']]).toEqual([made.json(), 'true'])
    expect((await send('POST', '/checkout', asked, key)).json().error).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  it.each([{}, { refuse_warnings: false }, undefined, null])(
    'is the same request as one without a body: %j',
    async (body) => {
      const { send, sell } = await setup()
      await send('POST', '/items', { product_id: 1, quantity: 1 })
      sell({ 1: undefined })
      const key = { 'idempotency-key': 'k', 'content-type': 'application/json' }
      expect((await send('POST', '/checkout', undefined, key)).statusCode).toBe(200)
      const again = await send('POST', '/checkout', body as object, key)
      expect(again.headers['idempotency-replayed']).toBe('true')
    },
  )

  it.each([
    { expected_total: '2' },
    { expected_total: -1 },
    { expected_total: null },
    { currency: 'usd' },
    { refuse_warnings: 'yes' },
    { total: 2 },
  ])('is refused for the body %j', async (body) => {
    const { send } = await setup()
    expect((await send('POST', '/checkout', body)).json().error).toBe('VALIDATION_FAILED')
  })
})
