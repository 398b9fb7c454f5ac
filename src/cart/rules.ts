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
import type { EntityId } from './ids.ts'

/**
 * What the changes of a cart mean, as pure functions. The memory store runs them as they are; the
 * databases do the same in one atomic step, and the property test compares the two.
 */

/** All that is kept of a cart; stores give out only the `Cart` in it. */
export interface CartState extends Cart {
  /** Deleted carts stay as empty husks until they expire, so that a retried delete is answered as the first. */
  readonly deleted: boolean
  /** Keys of the changes made, see `idempotency.ts`. */
  readonly keys: readonly KeyRecord[]
  /** The cart this one was merged into. */
  readonly mergedInto: string | null
  /** The carts merged into this one. */
  readonly absorbed: readonly string[]
}

/** What every change carries; see `ChangeOptions` of the store. */
export interface ChangeTerms {
  readonly now: number
  readonly expiresAt: number
  readonly limits: CartLimits
  readonly ifVersion?: readonly number[] | undefined
  readonly key?: IdempotencyKey | undefined
}

/** What a change answers. */
export interface Changed {
  /** The version it made, unique to it. */
  readonly version: number
  /** True when the change had been made before under the same key, and nothing was changed now. */
  readonly replayed: boolean
}

/** What a rule makes of an active cart; version, times and keys are the caller's. */
export type Rule = (cart: CartState, terms: ChangeTerms) => Partial<CartState>

/**
 * Applies one change to what is known of the cart (`undefined`: nothing). In this order: CART_NOT_FOUND unless visible,
 * the first answer if its key is known, CART_NOT_ACTIVE, PRECONDITION_FAILED, whatever `rule` fails with.
 *
 * @returns the answer, and the cart to keep, which is `undefined` for a replay
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

/** A new cart with nothing recorded. */
export function newState(cart: NewCart): CartState {
  return { ...emptyCart(cart), deleted: false, keys: [], mergedInto: null, absorbed: [] }
}

/** The cart with these parts changed: one version on, its expiry put off, its key recorded. */
export function nextState(
  cart: CartState,
  terms: ChangeTerms,
  parts: Partial<CartState>,
): CartState {
  const { now, expiresAt, key } = terms
  const version = cart.version + 1
  const keys = key === undefined ? cart.keys : withKey(cart.keys, { ...key, version, at: now })
  return { ...cart, updatedAt: now, expiresAt, keys, version, ...parts }
}

/** The cart unless it is missing or expired; a deleted one is still known (its keys are). */
export function requireKnown(cart: CartState | undefined, now: number): CartState {
  if (cart === undefined || !isVisible(cart, now)) throw new CartError('CART_NOT_FOUND')
  return cart
}

/** The cart as readers see it, or CART_NOT_FOUND. */
export function requireVisible(cart: CartState | undefined, now: number): CartState {
  const known = requireKnown(cart, now)
  if (known.deleted) throw new CartError('CART_NOT_FOUND')
  return known
}

/** Fails with CART_NOT_ACTIVE unless the cart may still change. */
export function requireActive(cart: Cart): void {
  if (cart.status !== 'active') throw new CartError('CART_NOT_ACTIVE')
}

function requireVersion(cart: Cart, wanted: readonly number[] | undefined): void {
  if (wanted !== undefined && !wanted.includes(cart.version)) throw preconditionFailed(cart.version)
}

/** See `CartStore.addLines`. */
export function addedLines(added: readonly NewLine[]): Rule {
  return (cart, { now, limits }) => {
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
  return (cart, { now, limits }) => {
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
 * The lines if they are within the limits. Only a line of `touched` can exceed the quantity: a limit that was
 * lowered since must not make a cart unchangeable.
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

/** These errors are worded once for every store. */
export function preconditionFailed(version: number): CartError {
  return new CartError('PRECONDITION_FAILED', `The cart is now at version ${version}.`, {
    details: { current_version: version },
  })
}

/** @param productId the first product of the request, or of the source of a merge, of which there would be too many */
export function lineQuantityLimit(limits: CartLimits, productId: EntityId): CartError {
  return new CartError(
    'LINE_QUANTITY_LIMIT',
    `Product ${productId}: a line holds at most ${limits.maxLineQuantity} units.`,
  )
}

export function cartLinesLimit(limits: CartLimits): CartError {
  return new CartError(
    'CART_LINES_LIMIT',
    `A cart holds at most ${limits.maxLines} different products.`,
  )
}

export function cartUnitsLimit(limits: CartLimits): CartError {
  return new CartError('CART_UNITS_LIMIT', `A cart holds at most ${limits.maxUnits} units in all.`)
}
