import type { Values } from '../../cart-api/api.ts'
import type { CartApi, CompiledOperation } from '../../cart-api/compile-api.ts'
import type { Operation } from '../../results/operations.ts'
import type { Step } from '../schedule/schedule.ts'

/** What the operations of a load are in a cart API. */
const API_OPERATION = {
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

/**
 * Makes the bytes of a step's request, as latin1 text: all of it is ASCII, since ids are escaped. Templates of headers
 * are left out, since a load has no values for them: it sends no keys and no conditions.
 */
export function createRequests(api: CartApi, host: string, prefix: string) {
  const common = ` HTTP/1.1\r\nhost: ${host}\r\nuser-agent: pushcart-lab\r\naccept: application/json\r\naccept-encoding: identity\r\n`
  const requests = ofOperations(api, ({ method, pathBetween, body }) => {
    const start = `${method} ${prefix}`
    if (body === undefined)
      return pathBetween(start, `${common}${method === 'GET' ? '' : 'content-length: 0\r\n'}\r\n`)
    const head = pathBetween(start, `${common}content-type: application/json\r\ncontent-length: `)
    return (values: Values) => {
      const text = body(values)
      return `${head(values)}${text.length}\r\n\r\n${text}`
    }
  })
  return ({ operation, customerId, productId, quantity }: Step, cart: string): string => {
    const request = requests[operation]
    if (request === undefined) throw new Error(`the API ${api.name} has no ${operation}`)
    return request({ customer: customerId, cart, product: productId, quantity })
  }
}
