import type { Attributes } from './attributes.ts'
import {
  type Cart,
  type CartLimits,
  countUnits,
  emptyCart,
  isVisible,
  type Line,
  type NewCart,
  type NewLine,
  totalPrice,
  type UnsoldLine,
} from './cart.ts'
import { CartError } from './errors.ts'
import { findKey, type IdempotencyKey, type KeyRecord, withKey } from './idempotency.ts'
import { type EntityId, idText } from './ids.ts'
import { type LineIdentity, lineIdentity, lineKey } from './line-key.ts'
import { type Currency, isSameCurrency, toDecimal } from './money.ts'

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
  /** By when a cart or a key counts as expired, where that is earlier than `now`: see *expired* in `cart-store.ts`. */
  readonly moment?: number | undefined
  readonly expiresAt: number
  /** Of the prices of the lines to add or set. */
  readonly currency: Currency
  readonly limits: CartLimits
  readonly ifVersion?: readonly number[] | undefined
  readonly key?: IdempotencyKey | undefined
}

/** The result of a change. */
export interface Changed {
  /** The version that the change made, unique to it; the version of the cart if there was nothing to change. */
  readonly version: number
  /** True when the change had been made before with the same key, and nothing was changed now. */
  readonly replayed: boolean
}

/**
 * The parts of an active cart that a change replaces; the caller sets version, times and keys. `undefined` when there is nothing
 * to change.
 */
export type Rule = (cart: CartState, terms: ChangeTerms) => Partial<CartState> | undefined

/**
 * Applies one change to a cart (`undefined`: there is none). Checks in this order: CART_NOT_FOUND unless visible, a replay if
 * the key is recorded, CART_NOT_ACTIVE, PRECONDITION_FAILED, the errors of `rule`.
 *
 * @returns the result, and the cart to write (`undefined` for a replay, and when there is nothing to change)
 */
export function applyChange(
  cart: CartState | undefined,
  terms: ChangeTerms,
  rule: Rule,
): { readonly changed: Changed; readonly next: CartState | undefined } {
  const moment = momentOf(terms)
  const known = requireKnown(cart, moment)
  const record = findKey(known.keys, terms.key, moment)
  if (record !== undefined)
    return { changed: { version: record.version, replayed: true }, next: undefined }
  if (known.deleted) throw new CartError('CART_NOT_FOUND')
  requireActive(known)
  requireVersion(known, terms.ifVersion)
  const parts = rule(known, terms)
  if (parts === undefined)
    return { changed: { version: known.version, replayed: false }, next: undefined }
  const next = nextState(known, terms, parts)
  return { changed: { version: next.version, replayed: false }, next }
}

/** By when a cart or a key counts as expired. */
export function momentOf({ now, moment = now }: ChangeTerms): number {
  return moment
}

/** The state of a new cart. */
export function newState(cart: NewCart): CartState {
  return asState(emptyCart(cart))
}

/** A cart as a state without records. */
export function asState(cart: Cart): CartState {
  return { ...cart, deleted: false, keys: [], mergedInto: null, absorbed: [] }
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
  const keys =
    key === undefined
      ? cart.keys
      : withKey(cart.keys, { ...key, version, at: now }, momentOf(terms))
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
    const lines = byKey(cart.lines)
    for (const line of added) {
      const key = lineKey(line)
      const present = lines.get(key) ?? { ...line, quantity: 0, createdAt: now }
      const quantity = present.quantity + line.quantity
      lines.set(key, { ...present, quantity, updatedAt: now })
    }
    return { lines: requireLimits(cart, lines, limits, added) }
  }
}

/** See `CartStore.setLine`. */
export function lineSet(line: NewLine | UnsoldLine): Rule {
  return (cart, { now, limits, currency }) => {
    const lines = byKey(cart.lines)
    const key = lineKey(line)
    const present = lines.get(key)
    if (present !== undefined && line.quantity <= present.quantity) {
      lines.set(key, { ...present, quantity: line.quantity, updatedAt: now })
    } else {
      // Only more units bring a price into the cart.
      const sold = requireSold(line)
      requireCurrency(cart, currency)
      const { quantity } = line
      lines.set(key, { ...(present ?? { ...sold, createdAt: now }), quantity, updatedAt: now })
    }
    return { lines: requireLimits(cart, lines, limits, [line]) }
  }
}

function requireSold(line: NewLine | UnsoldLine): NewLine {
  if ('unitPrice' in line) return line
  throw new CartError('PRODUCT_NOT_FOUND')
}

/**
 * See `CartStore.removeLine`.
 *
 * @param which one line, or all lines of a product
 */
export function lineRemoved(which: LineIdentity | EntityId): Rule {
  const isMeant =
    typeof which === 'object'
      ? (line: Line) => lineKey(line) === lineKey(which)
      : (line: Line) => line.productId === which
  return ({ lines }) => {
    const left = lines.filter((line) => !isMeant(line))
    if (left.length === lines.length) throw new CartError('LINE_NOT_FOUND')
    return { lines: left }
  }
}

/** See `CartStore.setAttributes`. */
export function attributesSet(line: LineIdentity, attributes: Attributes): Rule {
  const [from, renamed] = [lineKey(line), lineIdentity(line.productId, attributes)]
  const to = lineKey(renamed)
  return (cart, { now, limits }) => {
    const lines = byKey(cart.lines)
    const present = lines.get(from)
    if (present === undefined) throw new CartError('LINE_NOT_FOUND')
    lines.delete(from)
    const other = lines.get(to)
    if (other === undefined) {
      const { attributes: _, ...rest } = present
      lines.set(to, { ...rest, ...renamed, updatedAt: now })
      return { lines: [...lines.values()] }
    }
    lines.set(to, { ...other, quantity: other.quantity + present.quantity, updatedAt: now })
    return { lines: requireLimits(cart, lines, limits, [renamed]) }
  }
}

/**
 * See `CartStore.reprice`.
 *
 * @param priceOf today's price of a product in minor units; `undefined` if it is not sold
 */
export function repriced(priceOf: PriceOf): Rule {
  return (cart, { now, currency }) => {
    requireCurrency(cart, currency)
    const lines = cart.lines.map((line) => {
      const unitPrice = priceOf(line.productId) ?? line.unitPrice
      return unitPrice === line.unitPrice ? line : { ...line, unitPrice, updatedAt: now }
    })
    return lines.every((line, i) => line === cart.lines[i]) ? undefined : { lines }
  }
}

export type PriceOf = (productId: EntityId) => number | undefined

/** See `CartStore.emptyCart`. */
export const emptied: Rule = () => ({ lines: [] })

/** See `CartStore.deleteCart`. */
export const deleted: Rule = () => ({ lines: [], deleted: true })

/** See `CartStore.checkout`, for a caller who expects nothing. */
export const checkedOut: Rule = (cart, terms) => checkedOutAs({})(cart, terms)

/** What a shopper saw of a cart that they check out. */
export interface Expected {
  /** The total price, as the decimal number of `toDecimal`. */
  readonly total?: number | undefined
  /** The code of the currency. */
  readonly currency?: string | undefined
  /** A reason not to order this cart. */
  readonly objection?: ((cart: Cart) => CartError | undefined) | undefined
}

/** See `CartStore.checkout`. */
export function checkedOutAs({ total, currency, objection }: Expected): Rule {
  return (cart, { now }) => {
    if (cart.lines.length === 0) throw new CartError('CART_EMPTY')
    const current = toDecimal(totalPrice(cart.lines), cart.currency.digits)
    const isExpected =
      (total ?? current) === current && (currency ?? cart.currency.code) === cart.currency.code
    if (!isExpected) throw totalChanged(cart, current)
    const refusal = objection?.(cart)
    if (refusal !== undefined) throw refusal
    return { status: 'checked_out', orderedAt: now, expiresAt: null }
  }
}

/** The lines by `lineKey`, in the order of the cart. */
export function byKey(lines: readonly Line[]): Map<string, Line> {
  return new Map(lines.map((line) => [lineKey(line), line]))
}

/**
 * The lines if what the change makes larger is within the limits. What it leaves or makes smaller is not checked: lowering a
 * limit must not make existing carts unchangeable.
 *
 * @param before  the cart before the change
 * @param touched the lines that may have grown, in the order of the request
 */
export function requireLimits(
  before: Cart,
  lines: ReadonlyMap<string, Line>,
  limits: CartLimits,
  touched: readonly LineIdentity[],
): Line[] {
  const had = byKey(before.lines)
  const isTooLarge = (line: LineIdentity) => {
    const key = lineKey(line)
    const quantity = lines.get(key)?.quantity ?? 0
    return quantity > limits.maxLineQuantity && quantity > (had.get(key)?.quantity ?? 0)
  }
  const exceeding = touched.find(isTooLarge)
  if (exceeding !== undefined) throw lineQuantityLimit(limits, exceeding.productId)
  if (lines.size > limits.maxLines && lines.size > had.size) throw cartLinesLimit(limits)
  const next = [...lines.values()]
  const units = countUnits(next)
  if (units > limits.maxUnits && units > countUnits(before.lines)) throw cartUnitsLimit(limits)
  return next
}

/** The errors of changes, with the same message on every store. */
export function preconditionFailed(version: number): CartError {
  return new CartError('PRECONDITION_FAILED', `The cart is at version ${version}.`, {
    details: { current_version: version },
  })
}

function totalChanged({ currency, version }: Cart, total: number): CartError {
  return new CartError('TOTAL_CHANGED', `The total is ${total} ${currency.code}.`, {
    details: { current_total: total, currency: currency.code, current_version: version },
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
