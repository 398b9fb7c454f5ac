import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { lineId } from '../../src/cart/line-key.ts'
import { operationsOf } from './fuzz/operations.ts'

const { app, get, newCart, add } = makeApp()
const operations = operationsOf((await get('/openapi.json')).json())

/** Bodies of the operations. */
const BODIES: Record<string, (other: string) => object> = {
  'POST /shopping-carts': () => ({ customer_id: 7 }),
  'POST /shopping-carts/{id}/items': () => ({ product_id: 1, quantity: 1 }),
  'PUT /shopping-carts/{id}/items/{product_id}': () => ({ quantity: 3 }),
  'PUT /shopping-carts/{id}/lines/{line_id}': () => ({ quantity: 3 }),
  'PATCH /shopping-carts/{id}/lines/{line_id}': () => ({ attributes: { size: 'M' } }),
  'POST /shopping-carts/{id}/merge': (other) => ({ from_cart_id: other }),
}

/** A valid request of the operation. */
async function goodRequest({ name, method, path, parameters }: (typeof operations)[number]) {
  const cartId = await newCart()
  await add(cartId, 1, 2)
  if (path.startsWith('/orders/'))
    await app.inject({ method: 'POST', url: `/shopping-carts/${cartId}/checkout` })
  const needed = parameters.filter((each) => each.in === 'query' && each.required)
  const query = new URLSearchParams(needed.map((each) => [each.name, '7']))
  const url = path
    .replace(/\{(order_)?id\}/, cartId)
    .replace('{product_id}', '1')
    .replace('{line_id}', lineId({ productId: 1 }))
  const payload = BODIES[name]?.(await newCart())
  const send = (more: Record<string, string>) =>
    app.inject({
      method: method as 'GET',
      url: `${url}?${new URLSearchParams([...query, ...Object.entries(more)])}`,
      ...(payload !== undefined && { payload }),
    })
  const version = async () => (await get(`/shopping-carts/${cartId}`)).json().version
  return { send, version }
}

describe('an unknown query parameter', () => {
  it.each(operations.map((operation) => [operation.name, operation]))(
    'is refused and named: %s',
    async (_, operation) => {
      const { send, version } = await goodRequest(operation)
      const before = await version()
      for (const name of ['consistensy', '__proto__', 'constructor', '']) {
        const refused = await send({ [name]: 'strong' })
        expect([refused.statusCode, refused.json().error]).toEqual([400, 'VALIDATION_FAILED'])
        expect(refused.json().detail).toContain(JSON.stringify(name))
      }
      expect(await version()).toBe(before)
      expect((await send({})).statusCode).toBeLessThan(300)
    },
  )
})
