import type { Operation } from '../../../packages/histories/src/index.ts'
import type { WireRequest } from './wire.ts'

/** What a client asks: the asking half of an operation. */
export type Asked = Pick<
  Operation,
  | 'kind'
  | 'cart'
  | 'customer'
  | 'lines'
  | 'product'
  | 'from'
  | 'strategy'
  | 'if_version'
  | 'key'
  | 'read'
  | 'min_version'
>

/** The API has numbers for ids that are numbers. */
export function idOnWire(id: string): number | string {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id
}

/**
 * The HTTP request of an operation other than a list, which takes several.
 *
 * @param modes whether the service knows `consistency=`; else reads are sent plain
 */
export function requestOf(asked: Asked, modes: boolean): WireRequest {
  const path = `/shopping-carts/${encodeURIComponent(asked.cart)}`
  return { ...plainRequest(asked, path, modes), headers: headersOf(asked) }
}

function plainRequest(asked: Asked, path: string, modes: boolean): WireRequest {
  const { customer = '', from, strategy, product = '' } = asked
  const lines = (asked.lines ?? []).map(([id, quantity]) => ({
    product_id: idOnWire(id),
    quantity,
  }))
  const [first] = lines
  const lineOf = (id: number | string) => `${path}/items/${encodeURIComponent(id)}`
  switch (asked.kind) {
    case 'create':
      return {
        method: 'POST',
        path: '/shopping-carts',
        body: { customer_id: idOnWire(customer) },
      }
    case 'add':
      return {
        method: 'POST',
        path: `${path}/items`,
        body: lines.length === 1 ? first : { items: lines },
      }
    case 'set':
      return {
        method: 'PUT',
        path: lineOf(first?.product_id ?? ''),
        body: { quantity: first?.quantity },
      }
    case 'remove':
      return { method: 'DELETE', path: lineOf(product) }
    case 'empty':
      return { method: 'DELETE', path: `${path}/items` }
    case 'delete':
      return { method: 'DELETE', path }
    case 'checkout':
      return { method: 'POST', path: `${path}/checkout` }
    case 'merge':
      return { method: 'POST', path: `${path}/merge`, body: { from_cart_id: from, strategy } }
    default:
      return { method: 'GET', path: path + (modes ? queryOf(asked) : '') }
  }
}

function queryOf({ read, min_version }: Asked): string {
  if (read === 'session') return `?consistency=eventual&min_version=${min_version ?? 0}`
  return `?consistency=${read}`
}

function headersOf({ key, if_version }: Asked): Record<string, string> {
  return {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(if_version !== undefined && {
      'if-match': if_version.map((version) => `"${version}"`).join(', '),
    }),
  }
}
