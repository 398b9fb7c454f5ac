import { isDeepStrictEqual } from 'node:util'
import type { Cart } from '../../../src/cart/cart.ts'
import type { Request } from './request.ts'
import type { Answer } from './send.ts'
import type { Snapshot } from './world.ts'

export interface Exchange {
  readonly request: Request
  readonly answer: Answer
  /** The operation's name and the cart id in the path; `undefined` if no route matched. */
  readonly operation: string | undefined
  readonly cartId: string | undefined
  readonly before: Snapshot
  readonly after: Snapshot
}

/**
 * Throws unless the carts changed according to the response: not at all for an error, a read or a replay; for a change, only
 * that cart and by exactly one version.
 */
export function checkState(exchange: Exchange): void {
  const { answer, operation = '', before, after } = exchange
  const cartIds = [...new Set([...before.keys(), ...after.keys()])]
  const changed = cartIds.filter((id) => !isDeepStrictEqual(before.get(id), after.get(id)))
  const replayed = answer.headers['idempotency-replayed'] === 'true'
  const isChange = answer.status < 300 && operation !== '' && !operation.startsWith('GET ')
  const expected = !isChange || replayed ? [] : changedBy(exchange)
  if (!isDeepStrictEqual(changed.sort(), expected.sort()))
    throw new Error(
      `changed ${changed.join() || 'nothing'} instead of ${expected.join() || 'nothing'}`,
    )
}

/** The carts that a successful change must have changed. */
function changedBy(exchange: Exchange): string[] {
  const { request, answer, operation, cartId = '', before, after } = exchange
  switch (operation) {
    case 'POST /shopping-carts':
      return [made(answer, before, after)]
    case 'PUT /customers/{customer_id}/active-cart':
      return answer.status === 201 ? [made(answer, before, after)] : []
    case 'POST /shopping-carts/{id}/merge':
      return [bumped(exchange, cartId), merged(exchange, sourceOf(request))]
    case 'POST /shopping-carts/{id}/reprice':
      // Nothing to change.
      if (answer.headers.etag === `"${before.get(cartId.toLowerCase())?.version}"`) return []
      return [bumped(exchange, cartId)]
    default:
      return [bumped(exchange, cartId)]
  }
}

function made(answer: Answer, before: Snapshot, after: Snapshot): string {
  const { shopping_cart_id: id } = JSON.parse(answer.body)
  const version = after.get(id)?.version
  if (before.has(id) || version !== 1 || answer.headers.etag !== '"1"')
    throw new Error(`made the cart ${id} of version ${version}`)
  return id
}

/** The id of the cart that is at its next version, or deleted if that was requested. */
function bumped({ answer, operation, before, after }: Exchange, cartId: string): string {
  const id = cartId.toLowerCase()
  const version = (before.get(id)?.version ?? Number.NaN) + 1
  const gone = operation === 'DELETE /shopping-carts/{id}'
  if (after.get(id)?.version !== (gone ? undefined : version))
    throw new Error(`the cart is at version ${after.get(id)?.version} instead of ${version}`)
  if (answer.headers.etag !== `"${version}"`)
    throw new Error(`the entity tag is ${answer.headers.etag} instead of that of ${version}`)
  return id
}

/** The source of a merge. Ignores a byte order mark before the body, like the service. */
function sourceOf({ body }: Request): string {
  return JSON.parse(String(body).replace('\ufeff', '')).from_cart_id.toLowerCase()
}

function merged({ before, after }: Exchange, id: string): string {
  const [was, is]: (Cart | undefined)[] = [before.get(id), after.get(id)]
  if (is?.status !== 'merged' || is.lines.length > 0 || is.version !== (was?.version ?? 0) + 1)
    throw new Error(`the cart that was merged is ${JSON.stringify(is)}`)
  return id
}
