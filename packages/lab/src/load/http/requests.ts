import { type Access, type CartState, customerOf, productOf } from '../../cart-api/access.ts'
import type { Values } from '../../cart-api/api.ts'
import { compileAccess } from '../../cart-api/compile-access.ts'
import type { CartApi, CompiledOperation } from '../../cart-api/compile-api.ts'
import { cookieHeader } from '../../cart-api/cookies.ts'
import type { Operation } from '../../results/operations.ts'
import type { Step } from '../schedule/schedule.ts'

/** What the operations of a load are in a cart API. */
export const API_OPERATION = {
  create_cart: 'create',
  add_items: 'add',
  get_cart: 'get',
  checkout: 'checkout',
} as const satisfies Readonly<Record<Operation, string>>

/** Makes something of each operation of a load that an API has. */
export function ofOperations<T>(
  api: CartApi,
  make: (compiled: CompiledOperation) => T,
): Readonly<Partial<Record<Operation, T>>> {
  const known = Object.entries(API_OPERATION).filter(([, name]) => api.has(name))
  return Object.fromEntries(
    known.map(([operation, name]) => [operation, make(api.operation(name))]),
  )
}

/** @param state what is kept of the cart */
type Request = (values: Values, state: CartState | undefined) => string

/**
 * Makes the bytes of a step's request, as latin1 text: all of it is ASCII, since ids are escaped. A header that needs a
 * value which a load does not have, such as an idempotency key, is left out.
 */
export function createRequests(access: Access, host: string, prefix: string) {
  const api = compileAccess(access)
  const usual = {
    host,
    'user-agent': 'pushcart-lab',
    accept: 'application/json',
    'accept-encoding': 'identity',
  }
  const requests = ofOperations(api, (compiled): Request => {
    const { method, pathBetween, body } = compiled
    const start = `${method} ${prefix}`
    const fixed = linesOf({
      ...usual,
      ...Object.fromEntries(compiled.headers({})),
      ...access.headers,
    })
    const common = ` HTTP/1.1\r\n${fixed}`
    if (compiled.varyingHeaders || access.api.cookies !== undefined)
      return withHeaders(compiled, pathBetween(start, common), access)
    if (body === undefined)
      return pathBetween(start, `${common}${method === 'GET' ? '' : 'content-length: 0\r\n'}\r\n`)
    const head = pathBetween(start, `${common}content-type: application/json\r\ncontent-length: `)
    return (values) => {
      const text = body(values)
      return `${head(values)}${text.length}\r\n\r\n${text}`
    }
  })
  const unit = access.singleUnits ? 1 : undefined
  /** @param customer in place of that of the step */
  return (step: Step, cart: string, customer?: string, state?: CartState): string => {
    const { operation, customerId, productId, quantity } = step
    const request = requests[operation]
    if (request === undefined) throw new Error(`the API ${api.name} has no ${operation}`)
    const values = {
      customer: customer ?? customerOf(access, customerId),
      cart,
      product: productOf(access, productId),
      quantity: unit ?? quantity,
    }
    return request(state === undefined ? values : { ...values, ...state.captured }, state)
  }
}

/** A request whose headers depend on the cart. */
function withHeaders(
  { method, body, headers }: CompiledOperation,
  head: (values: Values) => string,
  { cookies }: Access,
): Request {
  const fixed = new Set(headers({}).map(([name]) => name))
  return (values, state) => {
    const own = headers(values).filter(([name]) => !fixed.has(name))
    const cookie = cookieHeader({ ...cookies, ...state?.cookies })
    const more = linesOf({ ...Object.fromEntries(own), ...(cookie !== undefined && { cookie }) })
    if (body === undefined)
      return `${head(values)}${more}${method === 'GET' ? '' : 'content-length: 0\r\n'}\r\n`
    const text = body(values)
    return `${head(values)}${more}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
  }
}

function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}
