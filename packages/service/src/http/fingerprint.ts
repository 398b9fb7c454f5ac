import type { FastifyRequest } from 'fastify'
import { parseCartId } from '../cart/ids.ts'

/**
 * What a request asks for, as text, independent of how it is written: the order of fields, the case of hexadecimal digits
 * in a cart id and percent-encoding do not matter. Two requests with one idempotency key must agree in it.
 *
 * @param asked the body; a route that knows several ways to say the same passes one of them
 */
export function meaningOf(request: FastifyRequest, asked: unknown = request.body): string[] {
  return [request.method, canonicalPath(request.url), JSON.stringify(sorted(asked) ?? null)]
}

/** Requests with a key have no query parameters. */
function canonicalPath(url: string): string {
  const [path = ''] = url.split('?', 1)
  const segments = path.split('/').map((segment) => {
    const text = decodeURIComponent(segment)
    return encodeURIComponent(parseCartId(text) ?? text)
  })
  return segments.join('/')
}

/** The same value with the members of objects in order of their names; `undefined` for an object without members. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const)
  if (members.length === 0) return undefined
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}
