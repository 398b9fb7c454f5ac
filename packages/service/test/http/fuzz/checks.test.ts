import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../../test/support/app.ts'
import { emptyCart } from '../../../src/cart/cart.ts'
import { checkAnswer } from './check-answer.ts'
import { checkState, type Exchange } from './check-state.ts'
import { operationsOf } from './operations.ts'
import type { Answer } from './send.ts'

// The fuzz tests prove nothing unless their checks detect faults.

const id = '019b7ca9-8f2e-72e4-8eb7-e7e0e0d95499'
const other = '019b7ca9-8f2e-72e4-8eb7-e7e0e0d95498'
const cart = (version: number) => ({
  ...emptyCart({
    cartId: id,
    customerId: 7,
    currency: { code: 'USD', digits: 2 },
    now: 0,
    expiresAt: 1000,
  }),
  version,
})

describe('checkState', () => {
  const exchange = (
    [operation, status, replayed = 'false']: [string, number, string?],
    before: [string, number][],
    after: [string, number][],
  ): Exchange => ({
    operation,
    cartId: id,
    request: { method: '', url: '', headers: {}, body: undefined },
    answer: {
      status,
      headers: { etag: '"3"', 'idempotency-replayed': replayed },
      body: `{"shopping_cart_id":"${other}"}`,
    },
    before: new Map(before.map(([each, version]) => [each, cart(version)])),
    after: new Map(after.map(([each, version]) => [each, cart(version)])),
  })
  const ADD = 'POST /shopping-carts/{id}/items'

  it.each([
    ['a change by one version', exchange([ADD, 204], [[id, 2]], [[id, 3]])],
    ['an error without a change', exchange([ADD, 409], [[id, 2]], [[id, 2]])],
    ['a replay without a change', exchange([ADD, 204, 'true'], [[id, 5]], [[id, 5]])],
  ])('accepts %s', (_, good) => {
    expect(() => checkState(good)).not.toThrow()
  })

  it.each([
    ['an error that changed the cart', exchange([ADD, 409], [[id, 2]], [[id, 3]])],
    ['an error that made a cart', exchange(['POST /shopping-carts', 400], [], [[other, 1]])],
    ['an error that lost a cart', exchange(['DELETE /shopping-carts/{id}', 412], [[id, 2]], [])],
    ['a replay that changed the cart', exchange([ADD, 204, 'true'], [[id, 2]], [[id, 3]])],
    [
      'a read that changed the cart',
      exchange(['GET /shopping-carts/{id}', 200], [[id, 2]], [[id, 3]]),
    ],
    ['a success without a change', exchange([ADD, 204], [[id, 2]], [[id, 2]])],
    ['a success two versions on', exchange([ADD, 204], [[id, 2]], [[id, 4]])],
    ['another entity tag', exchange([ADD, 204], [[id, 5]], [[id, 6]])],
    [
      'another cart changed as well',
      exchange(
        [ADD, 204],
        [
          [id, 2],
          [other, 1],
        ],
        [
          [id, 3],
          [other, 2],
        ],
      ),
    ],
    [
      'a delete that deleted nothing',
      exchange(['DELETE /shopping-carts/{id}', 204], [[id, 2]], [[id, 3]]),
    ],
  ])('sees %s', (_, bad) => {
    expect(() => checkState(bad)).toThrow()
  })
})

describe('checkAnswer', async () => {
  const { get } = makeApp()
  const operations = operationsOf((await get('/openapi.json')).json())
  const reading = operations.find(({ name }) => name === 'GET /orders/{order_id}')
  const missing = await get(`/orders/${id}`)
  const problem: Answer = {
    status: 404,
    headers: {
      'content-type': 'application/problem+json',
      'x-request-id': String(missing.headers['x-request-id']),
    },
    body: missing.body,
  }
  const { 'x-request-id': _, ...unnamed } = problem.headers

  it('accepts a documented problem', () => {
    expect(() => checkAnswer(reading, problem)).not.toThrow()
  })

  it.each([
    ['a failure of the service', { ...problem, status: 500 }],
    [
      'a status that is not documented',
      { ...problem, status: 409, body: problem.body.replace('404', '409') },
    ],
    [
      'a code of another status',
      { ...problem, body: problem.body.replace('"ORDER_NOT_FOUND"', '"CART_EMPTY"') },
    ],
    [
      'a code that is not documented',
      { ...problem, body: problem.body.replace('"ORDER_NOT_FOUND"', '"LINE_NOT_FOUND"') },
    ],
    ['plain JSON', { ...problem, headers: { 'content-type': 'application/json' } }],
    ['another request id', { ...problem, headers: { ...problem.headers, 'x-request-id': 'x' } }],
    ['a header with a line end', { ...problem, headers: { ...problem.headers, a: 'b\r\nc: d' } }],
    ['an injected header', { ...problem, headers: { ...problem.headers, 'x-injected': '1' } }],
    [
      'a header that is not documented',
      { ...problem, headers: { ...problem.headers, etag: '"1"' } },
    ],
    ['a documented header that is missing', { ...problem, headers: unnamed }],
    ['a member that is not documented', { ...problem, body: problem.body.replace('{', '{"x":1,') }],
    [
      'a body unlike its schema',
      {
        status: 200,
        headers: { ...problem.headers, 'content-type': 'application/json' },
        body: '{}',
      },
    ],
  ])('sees %s', (_, bad) => {
    expect(() => checkAnswer(reading, bad)).toThrow()
  })
})
