import { expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'

type Sent = readonly [method: 'POST' | 'PUT' | 'DELETE', path: string, body?: string]

/** Pairs of requests that mean the same, for a cart with 2 units of product 1 and a guest's cart. */
const PAIRS: [string, (cart: string, guest: string) => readonly [Sent, Sent]][] = [
  [
    'fields in another order',
    (cart) => [
      ['POST', `${cart}/items`, '{"product_id":1,"quantity":3}'],
      ['POST', `${cart}/items`, '{ "quantity": 3, "product_id": 1 }'],
    ],
  ],
  [
    'fields of a batch in another order',
    (cart) => [
      ['POST', `${cart}/items`, '{"items":[{"product_id":1,"quantity":3}]}'],
      ['POST', `${cart}/items`, '{"items":[{"quantity":3,"product_id":1}]}'],
    ],
  ],
  [
    'capital digits in the cart id',
    (cart) => [
      ['PUT', `${cart}/items/1`, '{"quantity":3}'],
      ['PUT', `${cart.replace(/[^/]+$/, (id) => id.toUpperCase())}/items/1`, '{"quantity":3}'],
    ],
  ],
  [
    'escaped characters in the address',
    (cart) => [
      ['DELETE', `${cart}/items/1`],
      ['DELETE', `${cart}/items/%31`],
    ],
  ],
  [
    'an absent and an empty body',
    (cart) => [
      ['POST', `${cart}/checkout`],
      ['POST', `${cart}/checkout`, '{}'],
    ],
  ],
  [
    'an absent and the default strategy, capital digits in the source',
    (cart, guest) => [
      ['POST', `${cart}/merge`, `{"from_cart_id":"${guest}"}`],
      ['POST', `${cart}/merge`, `{"strategy":"sum","from_cart_id":"${guest.toUpperCase()}"}`],
    ],
  ],
]

it.each(PAIRS)('under one idempotency key, %s are one request', async (_, pair) => {
  const { app, newCart, add, get } = makeApp()
  const [cartId, guest] = [await newCart(), await newCart('guest-1')]
  await add(cartId, 1, 2)
  await add(guest, 2, 1)
  const send = ([method, url, payload]: Sent) =>
    app.inject({
      method,
      url,
      headers: {
        'idempotency-key': 'k',
        ...(payload !== undefined && { 'content-type': 'application/json' }),
      },
      ...(payload !== undefined && { payload }),
    })
  const [first, second] = pair(`/shopping-carts/${cartId}`, guest)
  const changed = await send(first)
  expect([changed.statusCode < 300, changed.headers.etag]).toEqual([true, '"3"'])
  const again = await send(second)
  expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([
    changed.statusCode,
    'true',
  ])
  expect((await get(`/shopping-carts/${cartId}`)).headers.etag).toBe('"3"')
})

it('another product or quantity is another request', async () => {
  const { app, newCart, add } = makeApp()
  const cartId = await newCart()
  await add(cartId, 1, 2)
  const send = (url: string, payload: object) =>
    app.inject({ method: 'PUT', url, payload, headers: { 'idempotency-key': 'k' } })
  const line = `/shopping-carts/${cartId}/items`
  expect((await send(`${line}/1`, { quantity: 3 })).statusCode).toBe(204)
  for (const other of [send(`${line}/2`, { quantity: 3 }), send(`${line}/1`, { quantity: 4 })])
    expect((await other).json().error).toBe('IDEMPOTENCY_KEY_REUSED')
})
