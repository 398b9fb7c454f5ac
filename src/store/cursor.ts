import { CartError } from '../cart/errors.ts'
import { parseCartId } from '../cart/ids.ts'

/**
 * Page cursors, the same on every store: the sort key of the last item given, so a page starts where
 * the one before ended even if items came or went in between. Opaque to clients (base64url of JSON).
 */

/** Cursor of a page of carts that ended at `cartId`. */
export function cartCursor(cartId: string): string {
  return encode([cartId])
}

/** The cart id after which a page starts; VALIDATION_FAILED when `cursor` is not one of ours. */
export function parseCartCursor(cursor: string): string {
  const [cartId, ...rest] = decode(cursor)
  if (rest.length > 0) throw invalid()
  return requireCartId(cartId)
}

/** The place of an order in a customer's history. */
export interface OrderPosition {
  readonly orderedAt: number
  readonly cartId: string
}

/** Cursor of a page of orders that ended at `position`. */
export function orderCursor(position: OrderPosition): string {
  return encode([position.orderedAt, position.cartId])
}

/** The order after which a page starts; VALIDATION_FAILED when `cursor` is not one of ours. */
export function parseOrderCursor(cursor: string): OrderPosition {
  const [orderedAt, cartId, ...rest] = decode(cursor)
  if (rest.length > 0 || typeof orderedAt !== 'number' || !Number.isSafeInteger(orderedAt))
    throw invalid()
  if (orderedAt < 0) throw invalid()
  return { orderedAt, cartId: requireCartId(cartId) }
}

function encode(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

function decode(cursor: string): unknown[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(key)) return key
  } catch {
    // Falls through to the one answer for every cursor that no store gave.
  }
  throw invalid()
}

function requireCartId(value: unknown): string {
  const cartId = typeof value === 'string' ? parseCartId(value) : undefined
  if (cartId === undefined) throw invalid()
  return cartId
}

function invalid(): CartError {
  return new CartError('VALIDATION_FAILED', 'cursor: not a cursor that this service gave')
}
