import {
  type Cart,
  type CartLimits,
  countUnits,
  emptyCart,
  isVisible,
  type Line,
  type NewCart,
  type NewLine,
} from './cart.ts'
import { CartError } from './errors.ts'
import { findKey, type IdempotencyKey, type KeyRecord, withKey } from './idempotency.ts'
import { type EntityId, idText } from './ids.ts'
import { type Currency, isSameCurrency } from './money.ts'

/**
 * The rules of changes, as pure functions. The memory store runs them directly; the databases implement them in one
 * atomic step, and a property test compares both.
 */

/** Everything that a store keeps of a cart. Stores return only the `Cart` in it. */
export interface CartState extends Cart {
  /** A deleted cart is kept without lines until it expires, so that a retried delete gets the original result. */
  readonly deleted: boolean
  /** Keys of the changes that were made; see `idempotency.ts`. */
  readonly keys: readonly KeyRecord[]
  /** The cart this one was merged into. */
  readonly mergedInto: string | null
  /** The carts merged into this one. */
  readonly absorbed: readonly string[]
}

/** The terms of a change; see `ChangeOptions` of the store. */
export interface ChangeTerms {
  readonly now: number
  readonly expiresAt: number
  /** Of the prices of the lines to add or set. */
  readonly currency: Currency
  readonly limits: CartLimits
  readonly ifVersion?: readonly number[] | undefined
  readonly key?: IdempotencyKey | undefined
}

/** The result of a change. */
export interface Changed {
  /** The version that the change made, unique to it. */
  readonly version: number
  /** True when the change had been made before with the same key, and nothing was changed now. */
  readonly replayed: boolean
}

/** The parts of an active cart that a change replaces; the caller sets version, times and keys. */
export type Rule = (cart: CartState, terms: ChangeTerms) => Partial<CartState>

/**
 * Applies one change to a cart (`undefined`: there is none). Checks in this order: CART_NOT_FOUND unless visible, a replay if
 * the key is recorded, CART_NOT_ACTIVE, PRECONDITION_FAILED, the errors of `rule`.
 *
 * @returns the result, and the cart to write (`undefined` for a replay)
 */
export function applyChange(
  cart: CartState | undefined,
  terms: ChangeTerms,
  rule: Rule,
): { readonly changed: Changed; readonly next: CartState | undefined } {
  const known = requireKnown(cart, terms.now)
  const record = findKey(known.keys, terms.key, terms.now)
  if (record !== undefined)
    return { changed: { version: record.version, replayed: true }, next: undefined }
  if (known.deleted) throw new CartError('CART_NOT_FOUND')
  requireActive(known)
  requireVersion(known, terms.ifVersion)
  const next = nextState(known, terms, rule(known, terms))
  return { changed: { version: next.version, replayed: false }, next }
}

/** The state of a new cart. */
export function newState(cart: NewCart): CartState {
  return { ...emptyCart(cart), deleted: false, keys: [], mergedInto: null, absorbed: [] }
}

/**
 * The cart with these parts replaced, the next version, the new expiry and the key recorded. The expiry never moves backwards:
 * a caller with a slow clock or a shorter lifetime must not end a cart for everybody.
 */
export function nextState(
  cart: CartState,
  terms: ChangeTerms,
  parts: Partial<CartState>,
): CartState {
  const { now, key } = terms
  const expiresAt = laterExpiry(cart.expiresAt, terms.expiresAt)
  const version = cart.version + 1
  const keys = key === undefined ? cart.keys : withKey(cart.keys, { ...key, version, at: now })
  return { ...cart, updatedAt: now, expiresAt, keys, version, ...parts }
}

function laterExpiry(before: number | null, wanted: number): number {
  return before === null ? wanted : Math.max(before, wanted)
}

/** The cart unless it is missing or expired. A deleted cart is returned, because its keys still count. */
export function requireKnown(cart: CartState | undefined, now: number): CartState {
  if (cart === undefined || !isVisible(cart, now)) throw new CartError('CART_NOT_FOUND')
  return cart
}

/** The cart unless it is missing, expired or deleted: CART_NOT_FOUND. */
export function requireVisible(cart: CartState | undefined, now: number): CartState {
  const known = requireKnown(cart, now)
  if (known.deleted) throw new CartError('CART_NOT_FOUND')
  return known
}

/** Fails with CART_NOT_ACTIVE unless the cart can still change. */
export function requireActive(cart: Cart): void {
  if (cart.status !== 'active') throw new CartError('CART_NOT_ACTIVE')
}

function requireVersion(cart: Cart, wanted: readonly number[] | undefined): void {
  if (wanted !== undefined && !wanted.includes(cart.version)) throw preconditionFailed(cart.version)
}

/** Fails with CURRENCY_MISMATCH unless amounts in `currency` can be added to those of the cart. */
export function requireCurrency(cart: Cart, currency: Currency): void {
  if (!isSameCurrency(cart.currency, currency)) throw new CartError('CURRENCY_MISMATCH')
}

/** See `CartStore.addLines`. */
export function addedLines(added: readonly NewLine[]): Rule {
  return (cart, { now, limits, currency }) => {
    requireCurrency(cart, currency)
    const lines = byProduct(cart.lines)
    for (const line of added) {
      const present = lines.get(line.productId) ?? { ...line, quantity: 0, createdAt: now }
      const quantity = present.quantity + line.quantity
      lines.set(line.productId, { ...present, quantity, updatedAt: now })
    }
    return { lines: requireLimits(lines, limits, added) }
  }
}

/** See `CartStore.setLine`. */
export function lineSet(line: NewLine): Rule {
  return (cart, { now, limits, currency }) => {
    requireCurrency(cart, currency)
    const lines = byProduct(cart.lines)
    const present = lines.get(line.productId) ?? { ...line, createdAt: now }
    lines.set(line.productId, { ...present, quantity: line.quantity, updatedAt: now })
    return { lines: requireLimits(lines, limits, [line]) }
  }
}

/** See `CartStore.removeLine`. */
export function lineRemoved(productId: EntityId): Rule {
  return ({ lines }) => {
    const left = lines.filter((line) => line.productId !== productId)
    if (left.length === lines.length) throw new CartError('LINE_NOT_FOUND')
    return { lines: left }
  }
}

/** See `CartStore.emptyCart`. */
export const emptied: Rule = () => ({ lines: [] })

/** See `CartStore.deleteCart`. */
export const deleted: Rule = () => ({ lines: [], deleted: true })

/** See `CartStore.checkout`. */
export const checkedOut: Rule = ({ lines }, { now }) => {
  if (lines.length === 0) throw new CartError('CART_EMPTY')
  return { status: 'checked_out', orderedAt: now, expiresAt: null }
}

/** The lines by product, in the order of the cart. */
export function byProduct(lines: readonly Line[]): Map<EntityId, Line> {
  return new Map(lines.map((line) => [line.productId, line]))
}

/**
 * The lines if they are within the limits. The quantity limit is checked for `touched` lines only: lowering the limit must
 * not make existing carts unchangeable.
 */
export function requireLimits(
  lines: ReadonlyMap<EntityId, Line>,
  limits: CartLimits,
  touched: readonly { readonly productId: EntityId }[],
): Line[] {
  const tooMany = ({ productId }: { readonly productId: EntityId }) =>
    (lines.get(productId)?.quantity ?? 0) > limits.maxLineQuantity
  const exceeding = touched.find(tooMany)
  if (exceeding !== undefined) throw lineQuantityLimit(limits, exceeding.productId)
  if (lines.size > limits.maxLines) throw cartLinesLimit(limits)
  const next = [...lines.values()]
  if (countUnits(next) > limits.maxUnits) throw cartUnitsLimit(limits)
  return next
}

/** The errors of changes, with the same message on every store. */
export function preconditionFailed(version: number): CartError {
  return new CartError('PRECONDITION_FAILED', `The cart is at version ${version}.`, {
    details: { current_version: version },
  })
}

/** @param productId the first product of the request (or of the source of a merge) that exceeds the limit */
export function lineQuantityLimit(limits: CartLimits, productId: EntityId): CartError {
  return new CartError(
    'LINE_QUANTITY_LIMIT',
    `Product ${idText(productId)}: a line can have at most ${limits.maxLineQuantity} units.`,
  )
}

export function cartLinesLimit(limits: CartLimits): CartError {
  return new CartError(
    'CART_LINES_LIMIT',
    `A cart can have at most ${limits.maxLines} different products.`,
  )
}

export function cartUnitsLimit(limits: CartLimits): CartError {
  return new CartError(
    'CART_UNITS_LIMIT',
    `A cart can have at most ${limits.maxUnits} units in total.`,
  )
}
