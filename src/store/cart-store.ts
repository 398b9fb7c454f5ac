import type { Cart, CartLimits, CartStatus, NewLine } from '../cart/cart.ts'
import type { EntityId } from '../cart/ids.ts'

/**
 * The one interface between the cart service and a database. Three stores implement it (memory,
 * PostgreSQL, DynamoDB); `test/contract` is its executable definition and runs on all of them.
 *
 * Glossary
 * - version   1 when a cart is created; every change adds exactly one, so a cart's versions are unique
 *             and gap-free. A call that fails changes nothing.
 * - visible   a cart is visible until its `expiresAt`. An expired cart is answered as if it had never
 *             been, whether or not the database has removed it yet.
 * - active    visible and not checked out. Only an active cart changes.
 * - order     a checked-out cart. It keeps the cart's id, never changes and never expires.
 * - now       the caller's clock, milliseconds since the epoch. Stores never read a clock themselves, so
 *             all of them agree and tests can move time.
 *
 * Every method rejects with a `CartError` and nothing else:
 * - CART_NOT_FOUND, CART_NOT_ACTIVE, CART_EMPTY, ORDER_NOT_FOUND, LINE_QUANTITY_LIMIT,
 *   CART_LINES_LIMIT, CART_UNITS_LIMIT as documented per method;
 * - STORE_BUSY (contention or throttling outlasted the bounded retries; nothing was changed),
 *   STORE_TIMEOUT and STORE_UNAVAILABLE (the answer was lost: a change may or may not have happened),
 *   STORE_MISCONFIGURED (missing table or schema, refused or expired credentials).
 */
export interface CartStore {
  /** Which kind of database answers, for health and logs. */
  readonly kind: 'memory' | 'postgres' | 'dynamodb'

  /** Makes an empty, active cart of version 1. `cartId` must be new (a fresh UUIDv7). */
  createCart(cart: NewCart): Promise<void>

  /** The visible cart, or CART_NOT_FOUND. Its lines and version belong to one moment. */
  getCart(cartId: string, read: ReadOptions): Promise<Cart>

  /**
   * Adds each line's quantity to what the cart holds of that product; all lines or none. One product
   * may occur once in `lines`. Name and price of a product already in the cart stay as they are. Adds commute:
   * any number may run at once and none is lost.
   *
   * Fails, in this order of precedence, with CART_NOT_FOUND, CART_NOT_ACTIVE, LINE_QUANTITY_LIMIT
   * (a line would exceed `maxLineQuantity`), CART_LINES_LIMIT, CART_UNITS_LIMIT.
   */
  addLines(cartId: string, lines: readonly NewLine[], change: ChangeOptions): Promise<Changed>

  /**
   * Turns the cart into an order that holds exactly the lines of that version, in one atomic step.
   * Fails with CART_NOT_FOUND, CART_NOT_ACTIVE (already checked out), CART_EMPTY, in that order.
   */
  checkout(cartId: string, change: ChangeOptions): Promise<Changed>

  /** A customer's visible carts, checked-out ones included, by cart id descending (newest first). */
  listCarts(customerId: EntityId, page: PageRequest & { readonly now: number }): Promise<Page<Cart>>

  /** The checked-out cart of that id, or ORDER_NOT_FOUND. Always a strong read. */
  getOrder(orderId: string): Promise<Order>

  /** A customer's orders, latest checkout first (ties: cart id descending). */
  listOrders(customerId: EntityId, page: PageRequest): Promise<Page<Order>>

  /** Resolves if the database answers and the table or schema is there. Touches it once, cheaply. */
  ping(): Promise<void>

  /** Waits for calls in flight, then lets go of all connections. */
  close(): Promise<void>
}

export interface NewCart {
  readonly cartId: string
  readonly customerId: EntityId
  readonly now: number
  readonly expiresAt: number
}

export interface ReadOptions {
  readonly now: number
  /** `strong`: sees every change acknowledged before the call. `eventual`: may lag where that is cheaper. */
  readonly consistency: Consistency
}

export type Consistency = 'strong' | 'eventual'

export interface ChangeOptions {
  readonly now: number
  /** The cart's new expiry (`expiryOf`), a whole second. */
  readonly expiresAt: number
  readonly limits: CartLimits
}

/** What a change answers: the version it made, unique to it. */
export interface Changed {
  readonly version: number
}

/** A checked-out cart. */
export type Order = Cart & {
  readonly status: Extract<CartStatus, 'checked_out'>
  readonly orderedAt: number
}

export interface PageRequest {
  /** Most items to return, an integer >= 1. */
  readonly limit: number
  /** `cursor` of the page before, exactly as it was given; VALIDATION_FAILED if no store gave it. */
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page starts; `null` on the last one. */
  readonly cursor: string | null
}
