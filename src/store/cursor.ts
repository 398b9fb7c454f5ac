import type { Cart, Order } from '../cart/cart.ts'
import { CartError } from '../cart/errors.ts'
import { parseCartId } from '../cart/ids.ts'
import type { Page, PageRequest } from './cart-store.ts'

/**
 * Page cursors, the same on every store: the place in the list of the last item given, so a page starts where
 * the one before ended even if items came or went in between. Opaque to clients (base64url of JSON).
 */
export interface Position {
  /** Creation time of a cart, checkout time of an order: milliseconds since the epoch. */
  readonly at: number
  readonly cartId: string
}

/** Before every item of any list: where a first page starts. */
export const LIST_START: Position = {
  at: Number.MAX_SAFE_INTEGER,
  cartId: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
}

export function cartPosition({ createdAt, cartId }: Cart): Position {
  return { at: createdAt, cartId }
}

export function orderPosition({ orderedAt, cartId }: Order): Position {
  return { at: orderedAt, cartId }
}

/** Latest first, ties by cart id descending: the order of every list. */
export function comparePositions(a: Position, b: Position): number {
  if (a.at !== b.at) return b.at - a.at
  return a.cartId < b.cartId ? 1 : a.cartId > b.cartId ? -1 : 0
}

/** Where the page asked for starts; VALIDATION_FAILED when its cursor is not one of ours. */
export function startOf({ cursor }: PageRequest): Position {
  return cursor === undefined ? LIST_START : parseCursor(cursor)
}

/** The page of a list of which one item more than `limit` was looked for. */
export function pageOf<T>(
  found: readonly T[],
  { limit }: PageRequest,
  positionOf: (item: T) => Position,
): Page<T> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const cursor = last !== undefined && found.length > limit ? cursorOf(positionOf(last)) : null
  return { items, cursor }
}

/** Cursor of a page that ended at `position`. */
export function cursorOf({ at, cartId }: Position): string {
  return Buffer.from(JSON.stringify([at, cartId])).toString('base64url')
}

function parseCursor(cursor: string): Position {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const [at, id, ...rest] = Array.isArray(key) ? key : []
    const cartId = typeof id === 'string' ? parseCartId(id) : undefined
    if (Number.isSafeInteger(at) && at >= 0 && cartId !== undefined && rest.length === 0) {
      return { at, cartId }
    }
  } catch {
    // Falls through to the one answer for every cursor that no store gave.
  }
  throw new CartError('VALIDATION_FAILED', 'cursor: not a cursor that this service gave')
}
