import { CartError } from '../../cart/errors.ts'
import { ENTITY_ID_RULE, type EntityId, parseCartId, parseEntityId } from '../../cart/ids.ts'
import type { PageRequest } from '../../store/cart-store.ts'

/** Reads the parts of a request that a schema alone cannot: ids and page sizes. */

/** The canonical customer or product id, or VALIDATION_FAILED naming the field. */
export function requireEntityId(value: unknown, field: string): EntityId {
  const id = parseEntityId(value)
  if (id === undefined) throw new CartError('VALIDATION_FAILED', `${field} ${ENTITY_ID_RULE}`)
  return id
}

/** The cart id of a path; one that no store could have issued is just as unknown as any other. */
export function requireCartId(value: string): string {
  const cartId = parseCartId(value)
  if (cartId === undefined) throw new CartError('CART_NOT_FOUND')
  return cartId
}

/** The page asked for: 20 items unless the query says otherwise, at most `max`. */
export function pageOf(query: { limit?: string; cursor?: string }, max: number): PageRequest {
  const limit = query.limit === undefined ? Math.min(20, max) : Number(query.limit)
  if (limit < 1 || limit > max) {
    throw new CartError('VALIDATION_FAILED', `limit must be an integer from 1 to ${max}`)
  }
  return { limit, cursor: query.cursor }
}
