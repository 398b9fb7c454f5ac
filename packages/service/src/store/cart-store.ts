import type { Attributes } from '../cart/attributes.ts'
import type { Cart, NewCart, NewLine, Order, UnsoldLine } from '../cart/cart.ts'
import type { EntityId } from '../cart/ids.ts'
import type { LineIdentity } from '../cart/line-key.ts'
import type { MergeOptions } from '../cart/merge.ts'
import type { Changed, ChangeTerms, Expected, PriceOf } from '../cart/rules.ts'
import type { LayoutName } from '../config/config.ts'

export type { NewCart, Order } from '../cart/cart.ts'
export type { MergeOptions } from '../cart/merge.ts'
export type { Changed } from '../cart/rules.ts'

/**
 * The one interface between the cart service and a database. Three stores implement it (memory,
 * PostgreSQL, DynamoDB); `test/contract` is its executable definition and runs on all of them.
 *
 * Glossary
 * - version   1 when a cart is created; every change adds 1, so that a cart's versions are unique and without gaps. A call
 *             that fails or is a replay changes nothing.
 * - visible   a cart is visible until its `expiresAt`, unless deleted. An expired cart counts as missing, whether or not
 *             the database has removed it yet.
 * - active    visible and neither checked out nor merged. Only an active cart can change.
 * - line      a product with its attributes (`cart/line-key.ts`): one product with other attributes is another line.
 * - limits    are of what a change makes larger. A change that leaves a cart or makes it smaller is never refused for its size,
 *             even if the cart is beyond a limit that was lowered since.
 * - order     a checked-out cart. It keeps the cart's id, never changes and never expires.
 * - replay    a change whose idempotency key the cart has recorded (`cart/idempotency.ts`). It returns the original result,
 *             whatever has happened to the cart since. The atomic write of the change also records the key.
 * - now       the caller's time, milliseconds since the epoch: the database's in the service (`database-clock.ts`). Stores
 *             take it as an argument, so that all of them agree and tests can control time.
 * - expired   `now` has reached the cart's expiry. PostgreSQL also requires that its own clock has, so that a caller whose
 *             clock is fast cannot end a cart.
 *
 * Every change fails, in this order of precedence, with CART_NOT_FOUND (not visible; a replay still finds a deleted
 * cart), IDEMPOTENCY_KEY_REUSED, CART_NOT_ACTIVE, PRECONDITION_FAILED, and then with the errors in its comment.
 * `cart/rules.ts` defines each of them exactly.
 *
 * Every method rejects with a `CartError` and nothing else. In addition to the above:
 * - STORE_BUSY: contention or throttling lasted longer than the bounded retries; nothing was changed
 * - STORE_TIMEOUT, STORE_UNAVAILABLE: the response was lost; a change may or may not have been made
 * - STORE_MISCONFIGURED: missing table or schema, refused or expired credentials
 */
export interface CartStore {
  /** The kind of database, for health and logs. */
  readonly kind: 'memory' | 'postgres' | 'dynamodb'

  /**
   * Whether the endpoint emulates a cloud service: for DynamoDB, whether its host is not one of Amazon's. Absent for other
   * databases.
   */
  readonly emulator?: boolean

  /** Where PostgreSQL keeps the lines of carts; absent for other databases. */
  readonly layout?: LayoutName

  /**
   * Creates an empty, active cart of version 1. If an unexpired cart with that id exists, deleted or not, this is a replay
   * when it belongs to the same customer, and IDEMPOTENCY_KEY_REUSED otherwise: ids are either random or derived from an
   * idempotency key. An expired cart with that id is replaced.
   */
  createCart(cart: NewCart): Promise<Changed>

  /**
   * Only a store whose carts have home regions has this. Like `createCart` for a cart id that derives from an idempotency key, but that
   * id only stands for the key: the store chooses the id of the cart, the same for all calls under the key in all regions.
   */
  createOnce?(cart: NewCart): Promise<Created>

  /** The visible cart, or CART_NOT_FOUND. Its lines and version are of the same moment. */
  getCart(cartId: string, read: ReadOptions): Promise<Cart>

  /** The owner of a cart, also of a deleted or merged one; CART_NOT_FOUND if the cart has expired. A strong read. */
  getOwner(cartId: string, now: number): Promise<EntityId>

  /**
   * Adds each quantity to that of its line in the cart; all lines or none. A line may occur once in `lines`.
   * The name and price of a line that is already in the cart stay unchanged. Adds commute: any number may run
   * concurrently, and none is lost.
   *
   * Fails with CURRENCY_MISMATCH, LINE_QUANTITY_LIMIT (a line would exceed `maxLineQuantity`), CART_LINES_LIMIT,
   * CART_UNITS_LIMIT, in this order.
   */
  addLines(cartId: string, lines: readonly NewLine[], change: ChangeOptions): Promise<Changed>

  /**
   * Sets the quantity of a line, which is added to the cart if it is missing. Fails as `addLines` does, unless the line has at
   * least this quantity already. With an `UnsoldLine`, anything else is PRODUCT_NOT_FOUND.
   */
  setLine(cartId: string, line: NewLine | UnsoldLine, change: ChangeOptions): Promise<Changed>

  /** Removes one line, or all lines of a product. LINE_NOT_FOUND if there is none in the cart. */
  removeLine(
    cartId: string,
    which: LineIdentity | EntityId,
    change: ChangeOptions,
  ): Promise<Changed>

  /**
   * Gives a line other attributes. If the cart has a line with these already, both become one, which keeps its name and price.
   * LINE_NOT_FOUND if the line is not in the cart; LINE_QUANTITY_LIMIT if both together exceed it.
   */
  setAttributes(
    cartId: string,
    line: LineIdentity,
    attributes: Attributes,
    change: ChangeOptions,
  ): Promise<Changed>

  /**
   * Gives every line the price of its product that `priceOf` returns, in the currency of `change`; a line without a price keeps
   * its own. If all prices are the same already, nothing changes: the version stays, and no key is recorded.
   * CURRENCY_MISMATCH if the cart is in another currency.
   */
  reprice(cartId: string, priceOf: PriceOf, change: ChangeOptions): Promise<Changed>

  /** Removes all lines from the cart. An empty cart stays empty and gets the next version. */
  emptyCart(cartId: string, change: ChangeOptions): Promise<Changed>

  /** Deletes the cart: from now on it is not visible. */
  deleteCart(cartId: string, change: ChangeOptions): Promise<Changed>

  /**
   * Moves the lines of the cart `fromCartId` into the cart `cartId`. `strategy` decides the quantity of lines in both
   * carts. The source becomes `merged` and empty. A merge that was made before is a replay, with or without a key; without
   * a recorded key its `version` is the current version of the target. `ifVersion` does not apply.
   *
   * Fails with CART_NOT_FOUND and CART_NOT_ACTIVE for either cart, CURRENCY_MISMATCH when the carts are in different
   * currencies, CART_MERGES_LIMIT, and the limits as `addLines` does; then neither cart has changed. If it is interrupted, a
   * retry completes it, and no line is lost or doubled.
   */
  mergeCart(cartId: string, merge: MergeOptions, change: ChangeOptions): Promise<Changed>

  /**
   * Turns the cart into an order with the lines of that version. CART_EMPTY if there are none; TOTAL_CHANGED if the total or the
   * currency is not as expected; the objection to the cart, if there is one.
   */
  checkout(cartId: string, change: ChangeOptions, expected?: Expected): Promise<Changed>

  /**
   * The customer's newest active cart, or a new one if there is none. Of concurrent calls for a customer without an active cart,
   * one creates it and all return it. On DynamoDB, a cart that `createCart` has just made may be missed for a moment.
   */
  activeCart(cart: Omit<NewCart, 'cartId'>): Promise<ActiveCart>

  /**
   * A customer's visible carts that are active or checked out, newest first (ties: cart id descending); with `status`, only those
   * with that status. A cursor belongs to one status: with another, it is VALIDATION_FAILED.
   */
  listCarts(customerId: EntityId, page: CartPageRequest): Promise<Page<Cart>>

  /** The order with that id, or ORDER_NOT_FOUND. Always a strong read. */
  getOrder(orderId: string): Promise<Order>

  /** A customer's orders, latest checkout first (ties: cart id descending). */
  listOrders(customerId: EntityId, page: PageRequest): Promise<Page<Order>>

  /**
   * Removes at most `limit` expired carts from the database, skipping locked ones. Several instances may do so concurrently.
   * Returns the number of removed carts; 0 if the database removes them by itself (DynamoDB's TTL).
   */
  sweepExpired(now: number, limit: number): Promise<number>

  /**
   * Resolves if the database responds and the table or schema exists, with the time by the database's clock (`undefined` in
   * memory, where there is none). Makes one cheap request.
   */
  ping(): Promise<DatabaseTime | undefined>

  /** Waits for calls in flight, then closes all connections. */
  close(): Promise<void>
}

/** The time by the database's clock at some moment of a call. */
export interface DatabaseTime {
  /** Milliseconds since the epoch; the real time is at most `precisionMs` later. */
  readonly now: number
  readonly precisionMs: number
}

export interface ReadOptions {
  readonly now: number
  /** `strong`: sees every change that was acknowledged before the call. `eventual`: may be stale where that is cheaper. */
  readonly consistency: Consistency
}

export type Consistency = 'strong' | 'eventual'

/**
 * `now`; `expiresAt`, the cart's new expiry (`expiryOf`) unless it expires later anyway; `currency`, of the prices of the
 * lines; `limits`; `ifVersion`, the allowed versions of the cart (PRECONDITION_FAILED otherwise); `key`, the idempotency key.
 */
export type ChangeOptions = ChangeTerms

export interface Created extends Changed {
  readonly cartId: string
}

export interface ActiveCart {
  readonly cartId: string
  readonly version: number
  /** Whether this call created it. */
  readonly created: boolean
}

/** The statuses of carts in lists. */
export const LISTED_STATUSES = ['active', 'checked_out'] as const
export type ListedStatus = (typeof LISTED_STATUSES)[number]

export interface CartPageRequest extends PageRequest {
  readonly now: number
  readonly status?: ListedStatus | undefined
}

export interface PageRequest {
  /** Maximum number of items to return, an integer of at least 1. */
  readonly limit: number
  /** `cursor` of the previous page; VALIDATION_FAILED if it is not one. */
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page starts; `null` on the last page. */
  readonly cursor: string | null
}
