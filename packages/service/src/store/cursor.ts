import type { Cart, Order } from '../cart/cart.ts'
import { CartError } from '../cart/errors.ts'
import { parseCartId } from '../cart/ids.ts'
import type { CartPageRequest, Page, PageRequest } from './cart-store.ts'

/**
 * Page cursors, the same on every store: the position of the last returned item, so that the next page starts there even if
 * items were added or removed in between. Opaque to clients (base64url of JSON).
 */
export interface Position {
  /** Creation time of a cart, checkout time of an order: milliseconds since the epoch. */
  readonly at: number
  readonly cartId: string
}

/** The position before every item of any list, where the first page starts. */
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

/** A request for a page of a list, which may be filtered. */
export type FilteredPage = PageRequest & Partial<Pick<CartPageRequest, 'status'>>

/** The position where the requested page starts; VALIDATION_FAILED for an invalid cursor or one of another filter. */
export function startOf({ cursor, status }: FilteredPage): Position {
  return cursor === undefined ? LIST_START : positionIn(cursor, status)
}

/** The page, given up to `limit + 1` items: the additional item tells whether there is a next page. */
export function pageOf<T>(
  found: readonly T[],
  { limit, status }: FilteredPage,
  positionOf: (item: T) => Position,
): Page<T> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const cursor =
    last !== undefined && found.length > limit ? cursorOf(positionOf(last), status) : null
  return { items, cursor }
}

/** Cursor of a page whose last item is at that position. Without a status, it is as before there were filters. */
export function cursorOf({ at, cartId }: Position, status?: string): string {
  const key = status === undefined ? [at, cartId] : [at, cartId, status]
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The inverse of `cursorOf`; VALIDATION_FAILED for an invalid cursor or one of another filter. */
export function positionIn(cursor: string, wanted?: string): Position {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const [at, id, status, ...rest] = Array.isArray(key) ? key : []
    const cartId = typeof id === 'string' ? parseCartId(id) : undefined
    const isPosition = Number.isSafeInteger(at) && at >= 0 && cartId !== undefined
    if (isPosition && status === wanted && rest.length === 0) return { at, cartId }
  } catch {
    // The error below covers every invalid cursor.
  }
  throw new CartError(
    'VALIDATION_FAILED',
    'cursor must be the next_cursor of a previous page of the same list',
  )
}
