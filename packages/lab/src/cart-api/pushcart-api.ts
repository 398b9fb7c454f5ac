import type { Api } from './api.ts'
import { compileApi } from './compile-api.ts'

const CART = '/shopping-carts/{cart}'
const LINE = `${CART}/items/{product}`
const conditions = { 'idempotency-key': '{idempotencyKey}', 'if-match': '{ifMatch}' }
const page = { customer_id: '{customer}', cursor: '{cursor}' }

/** The API of this project's service, and of every service with the same endpoints. */
export const pushcartDescription: Api = {
  name: 'pushcart',
  operations: {
    create: {
      method: 'POST',
      path: '/shopping-carts',
      headers: conditions,
      body: { customer_id: '{customer}' },
      accepts: [201],
    },
    add: {
      method: 'POST',
      path: `${CART}/items`,
      headers: conditions,
      body: { product_id: '{product}', quantity: '{quantity}' },
      accepts: [204],
      quantity: 'added',
    },
    add_many: {
      method: 'POST',
      path: `${CART}/items`,
      headers: conditions,
      body: { items: '{lines}' },
      line: { product_id: '{product}', quantity: '{quantity}' },
      accepts: [204],
      quantity: 'added',
    },
    get: {
      method: 'GET',
      path: CART,
      query: { consistency: '{consistency}', min_version: '{minVersion}' },
      accepts: [200],
    },
    set: {
      method: 'PUT',
      path: LINE,
      headers: conditions,
      body: { quantity: '{quantity}' },
      accepts: [204],
      quantity: 'absolute',
    },
    remove: { method: 'DELETE', path: LINE, headers: conditions, accepts: [204] },
    empty: { method: 'DELETE', path: `${CART}/items`, headers: conditions, accepts: [204] },
    delete: { method: 'DELETE', path: CART, headers: conditions, accepts: [204] },
    checkout: { method: 'POST', path: `${CART}/checkout`, headers: conditions, accepts: [200] },
    merge: {
      method: 'POST',
      path: `${CART}/merge`,
      headers: conditions,
      body: { from_cart_id: '{from}', strategy: '{strategy}' },
      accepts: [200],
    },
    list: { method: 'GET', path: '/shopping-carts', query: page, accepts: [200] },
    orders: { method: 'GET', path: '/orders', query: page, accepts: [200] },
    health: { method: 'GET', path: '/health', accepts: [200] },
  },
  cart: {
    id: '/shopping_cart_id',
    version: '/version',
    status: '/status',
    lines: '/items',
    product: '/product_id',
    quantity: '/quantity',
  },
  carts: { entries: '/carts', next: '/next_cursor' },
  orders: { entries: '/orders', next: '/next_cursor' },
  errors: {
    code: '/error',
    refusals: {
      CART_NOT_FOUND: 'not_found',
      LINE_NOT_FOUND: 'line_not_found',
      CART_NOT_ACTIVE: 'not_active',
      CART_EMPTY: 'cart_empty',
    },
    nothing_changed: ['OVERLOADED', 'STORE_BUSY', 'SHUTTING_DOWN', 'DEADLINE_EXCEEDED'],
  },
}

export const pushcartApi = compileApi(pushcartDescription)
