import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { operationsOf } from '../http/fuzz/operations.ts'
import { newCustomer } from './fixtures.ts'

/** The service over the store returns every success and every refusal of a store as the OpenAPI document says. */
export function describeDocumented(get: () => CartStore): void {
  describe('the service over the store', () => {
    it('responds as documented', async () => {
      const { app, clock } = makeApp({ store: get(), env: { CART_MAX_LINES: '2' } })
      clock.now = Date.now()
      const operations = operationsOf((await app.inject('/openapi.json')).json())
      const seen = new Set<string>()

      /** Sends an operation; its path parameters are `ids`. `makeApp` compares the response with the document. */
      async function send(
        operationId: string,
        status: number,
        ids: readonly (string | number)[] = [],
        more: { query?: string; payload?: object; headers?: Record<string, string> } = {},
      ) {
        const operation = operations.find(({ id }) => id === operationId)
        const rest = [...ids]
        const path = operation?.path.replaceAll(/\{\w+\}/g, () => `${rest.shift()}`)
        const { query = '', ...others } = more
        const answer = await app.inject({
          method: operation?.method as 'GET',
          url: `${path}${query}`,
          ...others,
        })
        expect(answer.statusCode, `${operationId}: ${answer.body}`).toBe(status)
        seen.add(`${operationId} ${status}`)
        return answer
      }

      const customer = newCustomer()
      const list = { query: `?customer_id=${customer}&limit=1` }
      const cart = async (customerId = customer): Promise<string> =>
        (await send('createCart', 201, [], { payload: { customer_id: customerId } })).json()
          .shopping_cart_id
      const key = { 'idempotency-key': newCustomer().toString() }
      const one = { payload: { product_id: 1, quantity: 1 } }

      const id = await cart()
      await send('checkout', 400, [id])
      await send('addItems', 204, [id], { ...one, headers: key })
      await send('addItems', 204, [id], { ...one, headers: key })
      await send('addItems', 422, [id], { payload: { product_id: 2, quantity: 1 }, headers: key })
      await send('addItems', 404, [id], { payload: { product_id: 'none', quantity: 1 } })
      const items = [1, 2, 3].map((product_id) => ({ product_id, quantity: 1 }))
      await send('addItems', 422, [id], { payload: { items } })
      await send('setQuantity', 204, [id, 2], { payload: { quantity: 3 } })
      const stale = { payload: { quantity: 3 }, headers: { 'if-match': '"1"' } }
      expect((await send('setQuantity', 412, [id, 2], stale)).json().current_version).toBe(3)
      await send('removeItem', 204, [id, 2])
      await send('removeItem', 404, [id, 2])
      const attributes = { note: 'x' }
      const [{ line_id }] = (await send('getCart', 200, [id])).json().items
      await send('setLineQuantity', 204, [id, line_id], { payload: { quantity: 3 } })
      await send('setAttributes', 204, [id, line_id], { payload: { attributes } })
      await send('setAttributes', 404, [id, line_id], { payload: { attributes } })
      await send('addItems', 204, [id], { payload: { product_id: 1, quantity: 1, attributes } })
      const labelled = (await send('getCart', 200, [id])).json().items[0]
      expect(labelled).toMatchObject({ attributes, quantity: 4 })
      await send('addItems', 204, [id], one)
      await send('removeLine', 204, [id, line_id])
      await send('removeLine', 404, [id, line_id])
      await send('reprice', 204, [id])
      await send('checkout', 409, [id], { payload: { expected_total: 1, refuse_warnings: true } })
      const { etag } = (await send('getCart', 200, [id])).headers
      const query = '?consistency=strong'
      await send('getCart', 304, [id], { query, headers: { 'if-none-match': String(etag) } })

      const [guest, target] = [await cart('guest-1'), await cart()]
      await send('addItems', 204, [guest], one)
      const merge = { payload: { from_cart_id: guest }, headers: key }
      await send('merge', 200, [target], merge)
      await send('emptyCart', 204, [target])
      await send('deleteCart', 204, [target])
      await send('merge', 204, [target], merge)
      await send('merge', 404, [target], { payload: { from_cart_id: id } })

      await send('getOrder', 404, [id])
      await send('checkout', 200, [id], { payload: {} })
      await send('addItems', 409, [id], one)
      await send('getOrder', 200, [id])
      await send('listOrders', 200, [], list)
      await send('listCarts', 200, [], list)
      await send('listCarts', 200, [], { query: `${list.query}&status=active` })
      const somebody = newCustomer()
      const made = (await send('getActiveCart', 201, [somebody])).json()
      expect((await send('getActiveCart', 200, [somebody])).json()).toEqual(made)
      await send('getProduct', 200, [1])
      await send('searchProducts', 200)
      for (const name of ['health', 'checkLive', 'checkReady']) await send(name, 200)

      const successes = operations.flatMap((operation) =>
        [...operation.responses.keys()]
          .filter((status) => status < 400)
          .map((status) => `${operation.id} ${status}`),
      )
      expect([...seen].filter((each) => /[23]\d\d$/.test(each)).sort()).toEqual(successes.sort())
    })
  })
}
