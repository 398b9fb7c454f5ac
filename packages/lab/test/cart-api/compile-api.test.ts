import { describe, expect, it, test } from 'vitest'
import type { Api, ApiOperation, Values } from '../../src/cart-api/api.ts'
import { compileApi } from '../../src/cart-api/compile-api.ts'
import { pushcartApi } from '../../src/cart-api/pushcart-api.ts'

describe('the API of the service', () => {
  test.each<[ApiOperation, Values, string, unknown]>([
    ['create', { customer: 7 }, 'POST /shopping-carts', { customer_id: 7 }],
    [
      'add',
      { cart: 'a b', product: 'x', quantity: 2 },
      'POST /shopping-carts/a%20b/items',
      { product_id: 'x', quantity: 2 },
    ],
    [
      'add_many',
      {
        cart: 'a',
        lines: [
          { product: 1, quantity: 2 },
          { product: 'x', quantity: 1 },
        ],
      },
      'POST /shopping-carts/a/items',
      {
        items: [
          { product_id: 1, quantity: 2 },
          { product_id: 'x', quantity: 1 },
        ],
      },
    ],
    ['get', { cart: 'a' }, 'GET /shopping-carts/a', undefined],
    [
      'get',
      { cart: 'a', consistency: 'eventual', minVersion: 3 },
      'GET /shopping-carts/a?consistency=eventual&min_version=3',
      undefined,
    ],
    ['get', { cart: 'a', minVersion: 3 }, 'GET /shopping-carts/a?min_version=3', undefined],
    [
      'set',
      { cart: 'a', product: 1, quantity: 4 },
      'PUT /shopping-carts/a/items/1',
      { quantity: 4 },
    ],
    ['remove', { cart: 'a', product: '1/2' }, 'DELETE /shopping-carts/a/items/1%2F2', undefined],
    ['empty', { cart: 'a' }, 'DELETE /shopping-carts/a/items', undefined],
    ['delete', { cart: 'a' }, 'DELETE /shopping-carts/a', undefined],
    ['checkout', { cart: 'a' }, 'POST /shopping-carts/a/checkout', undefined],
    [
      'merge',
      { cart: 'a', from: 'b', strategy: 'max' },
      'POST /shopping-carts/a/merge',
      { from_cart_id: 'b', strategy: 'max' },
    ],
    ['list', { customer: 7 }, 'GET /shopping-carts?customer_id=7', undefined],
    [
      'list',
      { customer: 7, cursor: 'a=' },
      'GET /shopping-carts?customer_id=7&cursor=a%3D',
      undefined,
    ],
    ['orders', { customer: 7 }, 'GET /orders?customer_id=7', undefined],
  ])('%s %o is %s', (operation, values, line, body) => {
    const request = pushcartApi.operation(operation).request(values)
    expect(`${request.method} ${request.path}`).toBe(line)
    expect(request.body === undefined ? undefined : JSON.parse(request.body)).toEqual(body)
    expect(request.headers).toEqual({})
  })

  it('sends keys and conditions as headers', () => {
    const values = { cart: 'a', idempotencyKey: 'k', ifMatch: '"1", "2"' }
    expect(pushcartApi.operation('empty').request(values).headers).toEqual({
      'idempotency-key': 'k',
      'if-match': '"1", "2"',
    })
  })

  it('reads carts, with one line for each product where it adds up units', () => {
    const body = {
      shopping_cart_id: 12,
      version: 3,
      status: 'active',
      items: [
        { product_id: 1, quantity: 2 },
        { product_id: 1, quantity: 1 },
      ],
    }
    const { read } = pushcartApi
    expect(read.cartId(body)).toBe('12')
    expect(read.version({ body })).toBe(3)
    expect(read.version({ body, etag: '"4"' })).toBe(4)
    expect(read.status(body)).toBe('active')
    expect(read.lines(body)).toEqual([
      ['1', 2],
      ['1', 1],
    ])
    expect(read.units(body)).toEqual([['1', 3]])
    expect(read.page({ carts: [body], next_cursor: 'c' })).toEqual({
      carts: [{ cart: '12', version: 3, cart_status: 'active', lines: [['1', 3]] }],
      next: 'c',
    })
    expect(read.page({ carts: [{}], next_cursor: null })).toBeUndefined()
  })
})

/** In another style: links for products, several statuses, nested and escaped fields. */
const OTHER: Api = {
  name: 'other',
  operations: {
    create: { method: 'POST', path: '/baskets', accepts: [200, 201] },
    add: {
      method: 'POST',
      path: '/baskets/{cart}/add/',
      headers: { 'x-shopper': 'shopper {customer}' },
      body: {
        url: 'https://shop/products/{product}/é',
        quantity: '{quantity}',
        price: [1.5, null],
      },
      accepts: [200],
      quantity: 'added',
    },
    get: { method: 'GET', path: '/baskets/{cart}', accepts: [200] },
  },
  cart: {
    id: '/data/basket/id',
    version: '/data/v',
    status: '/data/state',
    lines: '/data/basket/line~1items',
    product: '/product/sku',
    quantity: '/n',
  },
  carts: { entries: '/results', next: '/next' },
  orders: { entries: '/results', next: '/next' },
  errors: { code: '/errors/0/code', refusals: {}, nothing_changed: [] },
}

describe('an API in another style', () => {
  const other = compileApi(OTHER)

  it('has only the operations that it describes', () => {
    expect([other.has('add'), other.has('merge')]).toEqual([true, false])
    expect(() => other.operation('merge')).toThrow('the API other has no operation merge')
    expect(other.operation('create').expected).toBe('200 or 201')
  })

  it('has values within texts, escaped, and bodies in ASCII', () => {
    const { body = '', headers } = other
      .operation('add')
      .request({ cart: 'a', customer: 7, product: '"ü{cart}', quantity: 2 })
    expect(JSON.parse(body)).toEqual({
      url: 'https://shop/products/"ü{cart}/é',
      quantity: 2,
      price: [1.5, null],
    })
    expect(body).toMatch(/^[\0-\x7f]*$/)
    expect(headers).toEqual({ 'x-shopper': 'shopper 7' })
  })

  it('is read by its pointers', () => {
    const body = { data: { basket: { id: 'b1', 'line/items': [{ product: { sku: 's' }, n: 2 }] } } }
    expect(other.read.cartId(body)).toBe('b1')
    expect(other.read.lines(body)).toEqual([['s', 2]])
    expect(other.read.errorCode({ errors: [{ code: 'GONE' }] })).toBe('GONE')
    expect(other.read.lines({ data: null })).toBeUndefined()
  })
})
