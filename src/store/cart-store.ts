import type { Cart, NewCart, NewLine, Order } from '../cart/cart.ts'
import type { EntityId } from '../cart/ids.ts'
import type { MergeOptions } from '../cart/merge.ts'
import type { Changed, ChangeTerms } from '../cart/rules.ts'

export type { NewCart, Order } from '../cart/cart.ts'
export type { MergeOptions } from '../cart/merge.ts'
export type { Changed } from '../cart/rules.ts'

/**
 * The one interface between the cart service and a database. Three stores implement it (memory,
 * PostgreSQL, DynamoDB); `test/contract` is its executable definition and runs on all of them.
 *
 * Glossary
 * - version   1 when a cart is created; every change adds exactly one, so a cart's versions are unique
 *             and gap-free. A call that fails, or is a replay, changes nothing.
 * - visible   a cart is visible until its `expiresAt`, unless deleted. An expired cart is answered as if it
 *             had never been, whether or not the database has removed it yet.
 * - active    visible and neither checked out nor merged. Only an active cart changes.
 * - order     a checked-out cart. It keeps the cart's id, never changes and never expires.
 * - replay    a change whose idempotency key the cart has recorded (`cart/idempotency.ts`): it gets the first
 *             answer, whatever has become of the cart since. The record is part of the change's own atomic write.
 * - now       the caller's clock, milliseconds since the epoch. Stores never read a clock themselves, so
 *             all of them agree and tests can move time.
 *
 * Every change fails, in this order of precedence, with CART_NOT_FOUND (not visible; a replay still finds a deleted
 * cart), IDEMPOTENCY_KEY_REUSED, CART_NOT_ACTIVE, PRECONDITION_FAILED, and then with what its own comment names.
 * `cart/rules.ts` is the exact meaning of each.
 *
 * Every method rejects with a `CartError` and nothing else; besides the above:
 * - STORE_BUSY (contention or throttling outlasted the bounded retries; nothing was changed),
 *   STORE_TIMEOUT and STORE_UNAVAILABLE (the answer was lost: a change may or may not have happened),
 *   STORE_MISCONFIGURED (missing table or schema, refused or expired credentials).
 */
export interface CartStore {
  /** Which kind of database answers, for health and logs. */
  readonly kind: 'memory' | 'postgres' | 'dynamodb'

  /**
   * Whether the endpoint that the store has connected to stands in for a cloud service: for DynamoDB, when its host
   * is none of Amazon's. Absent where there is no such service.
   */
  readonly emulator?: boolean

  /**
   * Makes an empty, active cart of version 1. Where a cart of that id is known already (deleted or not, but not
   * expired), this is a replay if it is the same customer's, and IDEMPOTENCY_KEY_REUSED if not: ids are
   * either fresh or derived from an idempotency key. An expired cart of that id is replaced.
   */
  createCart(cart: NewCart): Promise<Changed>

  /** The visible cart, or CART_NOT_FOUND. Its lines and version belong to one moment. */
  getCart(cartId: string, read: ReadOptions): Promise<Cart>

  /** Whose cart it is, also where it has been deleted or merged, but not where it has expired: CART_NOT_FOUND. Strong. */
  getOwner(cartId: string, now: number): Promise<EntityId>

  /**
   * Adds each line's quantity to what the cart holds of that product; all lines or none. One product
   * may occur once in `lines`. Name and price of a product already in the cart stay as they are. Adds commute:
   * any number may run at once and none is lost.
   *
   * Fails with LINE_QUANTITY_LIMIT (a line would exceed `maxLineQuantity`), CART_LINES_LIMIT, CART_UNITS_LIMIT, in that order.
   */
  addLines(cartId: string, lines: readonly NewLine[], change: ChangeOptions): Promise<Changed>

  /** Makes `line.quantity` the quantity of that product, putting it into the cart if need be. Fails as `addLines` does. */
  setLine(cartId: string, line: NewLine, change: ChangeOptions): Promise<Changed>

  /** Takes a product out of the cart. LINE_NOT_FOUND if it is not in it. */
  removeLine(cartId: string, productId: EntityId, change: ChangeOptions): Promise<Changed>

  /** Takes all lines out of the cart; an empty cart stays one, of the next version. */
  emptyCart(cartId: string, change: ChangeOptions): Promise<Changed>

  /** Ends the cart: from now on it is not found. */
  deleteCart(cartId: string, change: ChangeOptions): Promise<Changed>

  /**
   * Moves the lines of cart `fromCartId` into `cartId`, products in both by `strategy`. The source ends up `merged`
   * and empty. A merge that was made before is a replay, with or without a key; its `version` is
   * then the target's of now unless a key says better. `ifVersion` does not apply.
   *
   * Fails with CART_NOT_FOUND and CART_NOT_ACTIVE for either cart, CART_MERGES_LIMIT, and the limits as `addLines`
   * does; then neither cart has changed. Cut off at any point, it is completed by a retry, and nothing is lost or doubled.
   */
  mergeCart(cartId: string, merge: MergeOptions, change: ChangeOptions): Promise<Changed>

  /** Turns the cart into an order that holds exactly the lines of that version. CART_EMPTY without any. */
  checkout(cartId: string, change: ChangeOptions): Promise<Changed>

  /** A customer's visible carts that are active or checked out, newest first (ties: cart id descending). */
  listCarts(customerId: EntityId, page: PageRequest & { readonly now: number }): Promise<Page<Cart>>

  /** The checked-out cart of that id, or ORDER_NOT_FOUND. Always a strong read. */
  getOrder(orderId: string): Promise<Order>

  /** A customer's orders, latest checkout first (ties: cart id descending). */
  listOrders(customerId: EntityId, page: PageRequest): Promise<Page<Order>>

  /**
   * Removes expired carts for good, at most `limit` of them, skipping any that are locked; safe to run from many
   * instances. Returns how many; 0 where the database removes them by itself (DynamoDB's TTL).
   */
  sweepExpired(now: number, limit: number): Promise<number>

  /** Resolves if the database answers and the table or schema is there. Touches it once, cheaply. */
  ping(): Promise<void>

  /** Waits for calls in flight, then lets go of all connections. */
  close(): Promise<void>
}

export interface ReadOptions {
  readonly now: number
  /** `strong`: sees every change acknowledged before the call. `eventual`: may lag where that is cheaper. */
  readonly consistency: Consistency
}

export type Consistency = 'strong' | 'eventual'

/**
 * `now`; `expiresAt`, the cart's new expiry (`expiryOf`); `limits`; `ifVersion`, the versions of which the cart must
 * have one (PRECONDITION_FAILED); `key`, the idempotency key.
 */
export type ChangeOptions = ChangeTerms

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
