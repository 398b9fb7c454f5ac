import type { FastifyRequest } from 'fastify'
import { ATTRIBUTES_RULE, type Attributes, parseAttributes } from '../../cart/attributes.ts'
import { CartError } from '../../cart/errors.ts'
import {
  ENTITY_ID_RULE,
  type EntityId,
  parseCartId,
  parseEntityId,
  parseIdText,
} from '../../cart/ids.ts'
import { type LineIdentity, parseLineId } from '../../cart/line-key.ts'
import type { PageRequest } from '../../store/cart-store.ts'
import { identityOfRequest, requireCustomer } from '../auth.ts'
import { defaultLimit } from '../schemas.ts'

/** Parses the parts of a request that a schema cannot express: ids and page sizes. */

/** The customer or product id in a body, or VALIDATION_FAILED with the name of the field. */
export function requireEntityId(value: unknown, field: string): EntityId {
  return required(parseEntityId(value), field)
}

/** The customer or product id in a path or query, or VALIDATION_FAILED with the name of the parameter. */
export function requireIdText(text: string, field: string): EntityId {
  return required(parseIdText(text), field)
}

function required(id: EntityId | undefined, field: string): EntityId {
  if (id === undefined) throw new CartError('VALIDATION_FAILED', `${field} ${ENTITY_ID_RULE}`)
  return id
}

/**
 * The customer of a list that the caller may see. A customer may name only themself, so their own id needs no quotes even if
 * it is a string of digits: `?customer_id=42` of the customer `"42"` is theirs.
 */
export function requireQueriedCustomer(request: FastifyRequest, text: string): EntityId {
  const caller = identityOfRequest(request)
  if (caller.role === 'customer' && text === caller.customerId) return caller.customerId
  const customerId = requireIdText(text, 'customer_id')
  requireCustomer(request, customerId)
  return customerId
}

/** The attributes in a body, or VALIDATION_FAILED with the name of the field. */
export function requireAttributes(value: unknown, field: string): Attributes {
  const attributes = parseAttributes(value)
  if (attributes === undefined)
    throw new CartError('VALIDATION_FAILED', `${field} ${ATTRIBUTES_RULE}`)
  return attributes
}

/** The line with the id in a path, or LINE_NOT_FOUND: no line has an id that `lineId` cannot have made. */
export function requireLineId(text: string): LineIdentity {
  const line = parseLineId(text)
  if (line === undefined) throw new CartError('LINE_NOT_FOUND')
  return line
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
