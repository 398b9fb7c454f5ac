import type { Operation } from '@pushcart/histories'
import {
  type Cart,
  changed,
  frozen,
  isThere,
  joined,
  NO_CART,
} from '../../packages/histories/test/support/small-histories/rules.ts'
import { type CartClient, createCartClient } from '../../packages/lab/src/cart-api/cart-client.ts'
import type { HttpRequest } from '../../packages/lab/src/cart-api/exchange.ts'

/** The ways of other shops, none of them wrong. */
export type Custom =
  | 'set makes no lines'
  | 'removing twice is fine'
  | 'an order leaves an active cart'
  | 'an empty cart can be ordered'
  | 'a merge deletes its source'
  | 'merges are sums'
  | 'If-Match is not known'
  | 'versions are of one sequence'
  | 'versions are of no use'
  | 'one request in three is refused by a rate limit'

const STATUS_OF: Readonly<Record<string, number>> = {
  not_found: 404,
  line_not_found: 404,
  not_active: 409,
  cart_empty: 400,
  precondition_failed: 412,
}
const CODE_OF: Readonly<Record<string, string>> = {
  not_found: 'CART_NOT_FOUND',
  line_not_found: 'LINE_NOT_FOUND',
  not_active: 'CART_NOT_ACTIVE',
  cart_empty: 'CART_EMPTY',
}

interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly etag?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A client of a cart service in memory: every endpoint by the plain rules, but for its customs. */
export function memoryClient(customs: readonly Custom[] = []): CartClient {
  const carts = new Map<string, Cart>()
  const has = (custom: Custom) => customs.includes(custom)
  const tags = new Map<Cart, number>()
  let requests = 0

  /** The entity tag of a cart, by the customs. */
  function tagged(reply: Reply, cart: Cart): Reply {
    if (has('versions are of no use')) return { ...reply, etag: '"7"' }
    if (!has('versions are of one sequence')) return reply
    const tag = tags.get(cart) ?? tags.size + 100
    tags.set(cart, tag)
    return { ...reply, etag: `"${tag}"` }
  }
  const of = (cart: string) => carts.get(cart) ?? NO_CART

  function change(operation: Operation): Reply {
    const next = outcomeOf(operation, of(operation.cart), has)
    if (typeof next === 'string') return refused(next)
    carts.set(operation.cart, next)
    return tagged(done(next), next)
  }

  function merge(operation: Operation): Reply {
    const { cart, from = '' } = operation
    const closed = frozen(operation, of(from))
    if (typeof closed === 'string') return refused(closed)
    const strategy = has('merges are sums') ? 'sum' : operation.strategy
    const next = joined({ ...operation, strategy }, of(cart), closed)
    if (typeof next === 'string') return refused(next)
    carts.set(cart, next)
    carts.set(from, has('a merge deletes its source') ? { ...closed, status: 'deleted' } : closed)
    return done(next)
  }

  function show(cart: Cart): Reply {
    if (!isThere(cart)) return refused('not_found')
    const items = Object.entries(cart.lines).map(([product_id, quantity]) => ({
      product_id,
      quantity,
    }))
    return { ...tagged(done(cart), cart), status: 200, body: { items, status: cart.status } }
  }

  function respond(request: HttpRequest): Reply {
    const operation = operationOf(request)
    if (has('one request in three is refused by a rate limit') && ++requests % 3 === 0)
      return { status: 429, headers: { 'retry-after': '0' } }
    if (operation === undefined) return { status: 404, body: {} }
    if (operation.kind === 'get') return show(of(operation.cart))
    if (operation.kind === 'merge') return merge(operation)
    if (operation.kind !== 'create') return change(operation)
    const id = `c${carts.size + 1}`
    const made = change({ ...operation, cart: id })
    return { ...made, status: 201, body: { shopping_cart_id: id } }
  }

  return createCartClient({
    host: 'memory',
    send: async (request) => ({ body: undefined, ms: 0, startedAt: 0, ...respond(request) }),
    isSilent: () => false,
    heardAt: () => 0,
    close: async () => {},
  })
}

/** The cart after a change, by the rules and the customs, or the word of the refusal. */
function outcomeOf(
  { if_version, ...operation }: Operation,
  held: Cart,
  has: (custom: Custom) => boolean,
): Cart | string {
  const { kind, lines = [] } = operation
  const isNew = held.lines[lines[0]?.[0] ?? ''] === undefined
  if (kind === 'set' && isNew && has('set makes no lines')) return 'line_not_found'
  const known = has('If-Match is not known') ? {} : { if_version }
  const next = changed({ ...operation, ...known }, held)
  const isFine =
    (next === 'line_not_found' && has('removing twice is fine')) ||
    (next === 'cart_empty' && has('an empty cart can be ordered'))
  if (isFine) return held
  const goesOn = kind === 'checkout' && has('an order leaves an active cart')
  return goesOn && typeof next !== 'string' ? { ...next, status: 'active', lines: {} } : next
}

function done({ version }: Cart): Reply {
  return { status: 204, etag: `"${version}"` }
}

function refused(word: string): Reply {
  return { status: STATUS_OF[word] ?? 500, body: { error: CODE_OF[word] } }
}

interface Line {
  readonly product_id: number
  readonly quantity: number
}

interface Body extends Line {
  readonly items?: readonly Line[]
  readonly from_cart_id: string
  readonly strategy: Operation['strategy']
}

/** The operation of a request; `undefined` where these rules do not know it. */
function operationOf({
  method,
  path,
  body = '{}',
  headers = {},
}: HttpRequest): Operation | undefined {
  const [, root, cart = '', part = '', product = ''] = path.split('/')
  if (root !== 'shopping-carts' || path.includes('?')) return undefined
  const { quantity, items, product_id, from_cart_id, strategy } = JSON.parse(body) as Body
  const added = items ?? [{ product_id, quantity }]
  const lines = added.map((line) => [String(line.product_id), line.quantity] as const)
  const tag = headers['if-match']?.slice(1, -1)
  const frame = { id: 0, session: '', process: '', cart, intended: 0, call: 0, return: 0 } as const
  const more = { status: 'ok', ...(tag !== undefined && { if_version: [Number(tag)] }) } as const
  switch (`${method} ${cart === '' ? '' : 'cart'} ${part}${product === '' ? '' : ' line'}`) {
    case 'POST  ':
      return { ...frame, ...more, kind: 'create' }
    case 'GET cart ':
      return { ...frame, ...more, kind: 'get' }
    case 'POST cart items':
      return { ...frame, ...more, kind: 'add', lines }
    case 'PUT cart items line':
      return { ...frame, ...more, kind: 'set', lines: [[product, quantity]] }
    case 'DELETE cart items line':
      return { ...frame, ...more, kind: 'remove', product }
    case 'DELETE cart items':
      return { ...frame, ...more, kind: 'empty' }
    case 'DELETE cart ':
      return { ...frame, ...more, kind: 'delete' }
    case 'POST cart checkout':
      return { ...frame, ...more, kind: 'checkout' }
    case 'POST cart merge':
      return { ...frame, ...more, kind: 'merge', from: from_cart_id, strategy }
    default:
      return undefined
  }
}
