import type { EntityId } from './ids.ts'

/**
 * Where a cart is in its life. Only an active cart changes. A checked-out cart is the order; a merged one
 * has given its lines to another cart.
 */
export type CartStatus = 'active' | 'checked_out' | 'merged'

/** One product in a cart. Name and price are those of the moment the product was first added. */
export interface Line {
  readonly productId: EntityId
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
  readonly status: CartStatus
  /** 1 when created; every change adds exactly one. */
  readonly version: number
  /** In `compareLines` order. */
  readonly lines: readonly Line[]
  readonly createdAt: number
  readonly updatedAt: number
  /** A whole second; from then on the cart is gone. `null` once checked out: orders never expire. */
  readonly expiresAt: number | null
  /** When the cart was checked out, `null` while it is active. */
  readonly orderedAt: number | null
}

/** A checked-out cart. */
export type Order = Cart & { readonly status: 'checked_out'; readonly orderedAt: number }

export function isOrder(cart: Cart): cart is Order {
  return cart.status === 'checked_out'
}

/** What it takes to make a cart. */
export interface NewCart {
  readonly cartId: string
  readonly customerId: EntityId
  readonly now: number
  readonly expiresAt: number
}

/** A cart as it is made: empty, active, of version 1. */
export function emptyCart({ cartId, customerId, now, expiresAt }: NewCart): Cart {
  return {
    cartId,
    customerId,
    status: 'active',
    version: 1,
    lines: [],
    createdAt: now,
    updatedAt: now,
    expiresAt,
    orderedAt: null,
  }
}

/** What adding needs to know of a product: a line without its times. */
export type NewLine = Pick<Line, 'productId' | 'productName' | 'unitPrice' | 'quantity'>

/** Bounds on the content of one cart, all inclusive integers >= 1. */
export interface CartLimits {
  readonly maxLineQuantity: number
  readonly maxLines: number
  readonly maxUnits: number
}

/** Oldest line first; lines of the same millisecond by the code units of their product id. */
export function compareLines(a: Line, b: Line): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  const [keyA, keyB] = [String(a.productId), String(b.productId)]
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0
}

/** Units of all lines together. */
export function countUnits(lines: readonly Line[]): number {
  return lines.reduce((units, line) => units + line.quantity, 0)
}

/** Price of all lines together in minor units. */
export function totalPrice(lines: readonly Line[]): number {
  return lines.reduce((total, line) => total + line.unitPrice * line.quantity, 0)
}

/**
 * When a cart changed at `now` expires if nothing else happens: `now + ttlSeconds`, rounded up to a
 * whole second because DynamoDB's TTL attribute counts in seconds and all stores must agree.
 */
export function expiryOf(now: number, ttlSeconds: number): number {
  return Math.ceil(now / 1000 + ttlSeconds) * 1000
}

/** Whether the cart can still be seen at `now`. */
export function isVisible(cart: Pick<Cart, 'expiresAt'>, now: number): boolean {
  return cart.expiresAt === null || now < cart.expiresAt
}
