import { CartError } from '../../cart/errors.ts'
import { ENTITY_ID_RULE, type EntityId, parseCartId, parseEntityId } from '../../cart/ids.ts'
import type { PageRequest } from '../../store/cart-store.ts'
import { defaultLimit } from '../schemas.ts'

/** Parses the parts of a request that a schema cannot express: ids and page sizes. */

/** The canonical customer or product id, or VALIDATION_FAILED with the name of the field. */
export function requireEntityId(value: unknown, field: string): EntityId {
  const id = parseEntityId(value)
  if (id === undefined) throw new CartError('VALIDATION_FAILED', `${field} ${ENTITY_ID_RULE}`)
  return id
}

/** The cart id of a path, or CART_NOT_FOUND: what is not a UUID cannot be the id of a cart. */
export function requireCartId(value: string): string {
  const cartId = parseCartId(value)
  if (cartId === undefined) throw new CartError('CART_NOT_FOUND')
  return cartId
}

/** The requested page: 20 items by default, at most `max`. */
export function pageOf(query: { limit?: string; cursor?: string }, max: number): PageRequest {
  const limit = query.limit === undefined ? defaultLimit(max) : Number(query.limit)
  if (limit < 1 || limit > max) {
    throw new CartError('VALIDATION_FAILED', `limit must be an integer from 1 to ${max}`)
  }
  return { limit, cursor: query.cursor }
}
