import type { EntityId } from './ids.ts'
import { type LineIdentity, lineKey } from './line-key.ts'
import type { Currency } from './money.ts'

/**
 * The state of a cart. Only an active cart can change. A checked-out cart is the order; the lines of a merged cart have
 * moved to another cart.
 */
export type CartStatus = 'active' | 'checked_out' | 'merged'

/** A product in a cart, with the name and price of the moment when the line was added or its price was last accepted. */
export interface Line extends LineIdentity {
  readonly productName: string
  /** Price of one unit in minor units (cents). */
  readonly unitPrice: number
  /** Units of the product, an integer >= 1. */
  readonly quantity: number
  /** When the line was added, milliseconds since the epoch. */
  readonly createdAt: number
  /** When the line last changed, milliseconds since the epoch. */
  readonly updatedAt: number
}

/** A cart as every store returns it. All times are milliseconds since the epoch. */
export interface Cart {
  readonly cartId: string
  readonly customerId: EntityId
  /** Of all prices in the cart; never changes. */
  readonly currency: Currency
  readonly status: CartStatus
  /** 1 when created; every change adds 1. */
  readonly version: number
  /** In `compareLines` order. */
  readonly lines: readonly Line[]
  readonly createdAt: number
  readonly updatedAt: number
  /** A whole second, from which the cart no longer exists. `null` after checkout: orders never expire. */
  readonly expiresAt: number | null
  /** When the cart was checked out; otherwise `null`. */
  readonly orderedAt: number | null
}

/** A checked-out cart. */
export type Order = Cart & { readonly status: 'checked_out'; readonly orderedAt: number }

export function isOrder(cart: Cart): cart is Order {
  return cart.status === 'checked_out'
}

/** The input for a new cart. */
export interface NewCart {
  readonly cartId: string
  readonly customerId: EntityId
  readonly currency: Currency
  readonly now: number
  readonly expiresAt: number
}

/** A new cart: empty, active, version 1. */
export function emptyCart({ cartId, customerId, currency, now, expiresAt }: NewCart): Cart {
  return {
    cartId,
    customerId,
    currency,
    status: 'active',
    version: 1,
    lines: [],
    createdAt: now,
    updatedAt: now,
    expiresAt,
    orderedAt: null,
  }
}

/** A line without its times. */
export type NewLine = Omit<Line, 'createdAt' | 'updatedAt'>

/** A quantity for a line whose product is no longer sold, so that it has no price of today: it can only be lowered. */
export type UnsoldLine = LineIdentity & Pick<Line, 'quantity'>

/** Bounds on the content of one cart, all inclusive integers >= 1. */
export interface CartLimits {
  readonly maxLineQuantity: number
  readonly maxLines: number
  readonly maxUnits: number
}

/** Oldest line first; lines of the same millisecond in the order of their keys (by code units). */
export function compareLines(a: Line, b: Line): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  const [keyA, keyB] = [lineKey(a), lineKey(b)]
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0
}

/** Number of units in all lines. */
export function countUnits(lines: readonly Line[]): number {
  return lines.reduce((units, line) => units + line.quantity, 0)
}

/** Price of all lines in minor units. */
export function totalPrice(lines: readonly Line[]): number {
  return lines.reduce((total, line) => total + line.unitPrice * line.quantity, 0)
}

/**
 * When a cart that changes at `now` expires unless it changes again: `now + ttlSeconds`, rounded up to a whole second,
 * because DynamoDB's TTL attribute counts seconds and all stores must agree.
 */
export function expiryOf(now: number, ttlSeconds: number): number {
  return Math.ceil(now / 1000 + ttlSeconds) * 1000
}

/** Whether the cart has not expired at `now`. */
export function isVisible(cart: Pick<Cart, 'expiresAt'>, now: number): boolean {
  return cart.expiresAt === null || now < cart.expiresAt
}
