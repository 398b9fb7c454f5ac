import { expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import type { EntityId } from '../../src/cart/ids.ts'

// Customer and product ids in bodies, where they have a type, and in paths and queries, where they are text.

/** An id, and how it is written in a URL. */
const IDS: [EntityId, string][] = [
  [42, '42'],
  ['42', '%2242%22'],
  ['0042', '0042'],
  ['110248495921238986420', '110248495921238986420'],
  ['"42"', '%22%2242%22%22'],
  ['a/b c', 'a%2Fb%20c'],
]

const makeShop = () =>
  makeApp({
    products: (all) =>
      all.slice(0, IDS.length).map((product, i) => ({ ...product, productId: IDS[i]?.[0] ?? 0 })),
  })

it.each(IDS)('the customer and product %j is %s in a URL', async (id, text) => {
  const { app, newCart, add, get } = makeShop()
  const cartId = await newCart(id)
  const path = `/shopping-carts/${cartId}`
  const cart = async () => (await get(path)).json()
  const others = IDS.filter(([other]) => other !== id)

  expect((await cart()).customer_id).toBe(id)
  expect((await get(`/shopping-carts?customer_id=${text}`)).json().carts).toEqual([await cart()])
  for (const [, other] of others)
    expect((await get(`/shopping-carts?customer_id=${other}`)).json().carts).toEqual([])

  expect((await get(`/products/${text}`)).json().product_id).toBe(id)
  expect((await add(cartId, id, 1)).statusCode).toBe(204)
  const set = { method: 'PUT', url: `${path}/items/${text}`, payload: { quantity: 3 } } as const
  expect((await app.inject(set)).statusCode).toBe(204)
  expect((await cart()).items).toMatchObject([{ product_id: id, quantity: 3 }])
  for (const [, other] of others)
    expect(
      (await app.inject({ method: 'DELETE', url: `${path}/items/${other}` })).json().error,
    ).toBe('LINE_NOT_FOUND')
  expect((await app.inject({ method: 'DELETE', url: `${path}/items/${text}` })).statusCode).toBe(
    204,
  )

  await add(cartId, id, 1)
  await app.inject({ method: 'POST', url: `${path}/checkout` })
  expect((await get(`/orders/${cartId}`)).json()).toMatchObject({
    customer_id: id,
    items: [{ product_id: id }],
  })
  expect((await get(`/orders?customer_id=${text}`)).json().orders).toHaveLength(1)
})

it('one batch may have all of them, and names one that occurs twice', async () => {
  const { app, newCart, get } = makeShop()
  const url = `/shopping-carts/${await newCart()}/items`
  const post = (ids: EntityId[]) => {
    const items = ids.map((product_id) => ({ product_id, quantity: 1 }))
    return app.inject({ method: 'POST', url, payload: { items } })
  }
  expect((await post(IDS.map(([id]) => id))).statusCode).toBe(204)
  const { items } = (await get(url.replace('/items', ''))).json()
  expect(new Set(items.map((line: { product_id: EntityId }) => line.product_id))).toEqual(
    new Set(IDS.map(([id]) => id)),
  )
  expect((await post([42, '42', '42'])).json().detail).toBe('items[2]: product "42" occurs twice')
})

it.each([
  ['42', 42, 'There is no product "42". There is a product 42: '],
  [42, '42', 'There is no product 42. There is a product "42": '],
  ['0042', 42, 'There is no product 0042.'],
])(
  'an error about the product %j mentions the product %j if only the type differs',
  async (asked, sold, detail) => {
    const { newCart, add } = makeApp({
      products: ([product]) => (product === undefined ? [] : [{ ...product, productId: sold }]),
    })
    const refused = await add(await newCart(), asked, 1)
    expect([refused.statusCode, refused.json().error]).toEqual([404, 'PRODUCT_NOT_FOUND'])
    expect(refused.json().detail).toContain(detail)
    expect(refused.json().detail.includes('different ids')).toBe(asked !== '0042')
  },
)

it.each([0, -1, 1.5, 2 ** 53, '', 'x'.repeat(65), '.', null])(
  '%j is no id, and the message has the rule',
  async (customer_id) => {
    const { post } = makeShop()
    const refused = await post('/shopping-carts', { customer_id })
    expect([refused.statusCode, refused.json().detail]).toEqual([
      400,
      'body.customer_id must be an integer from 1 to 9007199254740991 or a string of 1 to 64 printable characters except "." and ".."',
    ])
  },
)

it('a key that was used for an integer is not that of the string', async () => {
  const { app } = makeShop()
  const create = (customer_id: EntityId) =>
    app.inject({
      method: 'POST',
      url: '/shopping-carts',
      headers: { 'idempotency-key': 'k' },
      payload: { customer_id },
    })
  expect((await create(42)).statusCode).toBe(201)
  expect((await create('42')).json().error).toBe('IDEMPOTENCY_KEY_REUSED')
})
