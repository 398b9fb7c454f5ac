import type { InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

/** A store that counts the changes that reach it. */
function watchedStore(): { store: CartStore; changes: () => number } {
  const store = openMemoryStore()
  let changes = 0
  for (const name of ['createCart', 'addLines', 'checkout'] as const) {
    const call = store[name] as (...args: unknown[]) => Promise<never>
    store[name] = async (...args: unknown[]) => {
      const answer = await call(...args)
      changes += 1
      return answer
    }
  }
  return { store, changes: () => changes }
}

const LONG = 'x'.repeat(10_000)
const BAD_NUMBERS = [1.5, 0, -1, 2 ** 53, '1', '', null, true, [], [1], {}, { $gt: 0 }]
const BAD_IDS = [
  1.5,
  0,
  -1,
  2 ** 53,
  '',
  '\u0000',
  'a\nb',
  '\ud800',
  LONG,
  'y'.repeat(65),
  '.',
  '..',
  null,
  true,
  [7],
  {},
]
const BAD_BODIES = [
  '',
  '{',
  '[]',
  'null',
  '7',
  '"x"',
  '{"customer_id":7,}',
  '{"__proto__":{"x":1},"customer_id":7}',
  '\ufeff',
  '{"customer_id":7}{"x":1}',
  `{"customer_id":${'['.repeat(20_000)}`,
]
const BAD_PATHS = [
  '%00',
  '%zz',
  "o'neil",
  '"',
  '..%2f..%2fetc',
  '%2F',
  '%2e',
  '%2e%2e',
  ' ',
  '%20',
  '<script>',
  '$%7Bx%7D',
  '__proto__',
  'constructor',
  LONG,
  '%F0%9F%9B%92',
  '{id}',
  '*',
  '-1',
  '1;drop table carts',
]

describe('bad input', () => {
  const { store, changes } = watchedStore()
  const { app, newCart } = makeApp({ store })

  async function refused(request: InjectOptions): Promise<void> {
    const before = changes()
    const answer = await app.inject(request)
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    const { title, detail, error, message, status } = answer.json()
    expect([typeof title, typeof detail, typeof error, typeof message]).toEqual(
      Array(4).fill('string'),
    )
    expect(status).toBe(answer.statusCode)
    expect(answer.body.length).toBeLessThan(2000)
    expect(changes()).toBe(before)
  }

  it.each(BAD_IDS.map((id) => [JSON.stringify(id).slice(0, 40), id]))(
    'refuses the customer id %s',
    async (_, id) => {
      await refused({ method: 'POST', url: '/shopping-carts', payload: { customer_id: id } })
    },
  )

  it.each(BAD_IDS.map((id) => [JSON.stringify(id).slice(0, 40), id]))(
    'refuses the product id %s',
    async (_, id) => {
      const url = `/shopping-carts/${await newCart()}/items`
      await refused({ method: 'POST', url, payload: { product_id: id, quantity: 1 } })
    },
  )

  it.each(BAD_NUMBERS.map((quantity) => [JSON.stringify(quantity), quantity]))(
    'refuses the quantity %s',
    async (_, quantity) => {
      const url = `/shopping-carts/${await newCart()}/items`
      await refused({ method: 'POST', url, payload: { product_id: 1, quantity } })
    },
  )

  it.each(BAD_BODIES.map((body) => [body.slice(0, 40), body]))(
    'refuses the body %j',
    async (_, body) => {
      const headers = { 'content-type': 'application/json' }
      const items = `/shopping-carts/${await newCart()}/items`
      for (const url of ['/shopping-carts', items])
        await refused({ method: 'POST', url, headers, payload: body })
    },
  )

  it('refuses unknown and missing fields and names them', async () => {
    const url = `/shopping-carts/${await newCart()}/items`
    await refused({
      method: 'POST',
      url: '/shopping-carts',
      payload: { customer_id: 7, admin: true },
    })
    await refused({ method: 'POST', url, payload: { product_id: 1, quantity: 1, price: 0 } })
    await refused({ method: 'POST', url, payload: { product_id: 1 } })
    await refused({ method: 'POST', url, payload: { quantity: 1 } })
    const answer = await app.inject({
      method: 'POST',
      url,
      payload: { product_id: 1, quantity: 1, price: 0 },
    })
    expect(answer.json().detail).toBe('body must NOT have additional properties ("price")')
  })

  it('refuses bodies that are too large or not JSON', async () => {
    const headers = { 'content-type': 'application/json' }
    const payload = `{"customer_id":"${'a'.repeat(70_000)}"}`
    await refused({ method: 'POST', url: '/shopping-carts', headers, payload })
    for (const type of [
      'text/plain',
      'application/xml',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
    ]) {
      await refused({
        method: 'POST',
        url: '/shopping-carts',
        headers: { 'content-type': type },
        payload: 'customer_id=7',
      })
    }
    await refused({ method: 'POST', url: '/shopping-carts' })
    const plain = { 'content-type': 'text/plain' }
    const answer = await app.inject({
      method: 'POST',
      url: '/shopping-carts',
      headers: plain,
      payload: '{"customer_id":7}',
    })
    expect([answer.statusCode, answer.json().error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it.each(BAD_PATHS.map((path) => [path.slice(0, 40), path]))(
    'refuses the id %j in a path',
    async (_, path) => {
      const payload = { product_id: 1, quantity: 1 }
      await refused({ url: `/shopping-carts/${path}` })
      await refused({ method: 'POST', url: `/shopping-carts/${path}/items`, payload })
      await refused({ method: 'POST', url: `/shopping-carts/${path}/checkout` })
      await refused({ url: `/orders/${path}` })
      await refused({ url: `/products/${path}` })
    },
  )

  it.each([
    '/shopping-carts',
    '/shopping-carts?customer_id=',
    '/shopping-carts?customer_id=7&limit=0',
    '/shopping-carts?customer_id=7&limit=101',
    '/shopping-carts?customer_id=7&limit=1.5',
    '/shopping-carts?customer_id=7&limit=',
    '/shopping-carts?customer_id=7&customer_id=8',
    '/shopping-carts?customer_id=7&cursor=zzz',
    '/shopping-carts?customer_id=7&surprise=1',
    '/orders?customer_id=%00',
    '/orders?customer_id=7&cursor=W10',
    '/products?limit=-1',
    '/products?cursor=zzz',
    '/products?name=',
    `/products?name=${'n'.repeat(201)}`,
    '/nothing-here',
    '/',
  ])('refuses GET %s', async (url) => {
    await refused({ url })
  })

  it('refuses an unknown consistency and an invalid version', async () => {
    const url = `/shopping-carts/${await newCart()}`
    for (const query of ['consistency=perfect', 'min_version=-1', 'min_version=x', 'other=1']) {
      await refused({ url: `${url}?${query}` })
    }
  })
})
