import { type Cart, type CartLimits, countUnits, type Line, type NewLine } from './cart.ts'
import { CartError } from './errors.ts'

/**
 * What the changes mean, as pure functions from a cart to the next one. The memory store runs them as
 * they are; the databases do the same in one atomic statement, and the property test compares the two.
 */

/** Fails with CART_NOT_ACTIVE unless the cart may still change. */
export function requireActive(cart: Cart): void {
  if (cart.status !== 'active') throw new CartError('CART_NOT_ACTIVE')
}

/** The cart after an add; see `CartStore.addLines`. */
export function withLinesAdded(
  cart: Cart,
  added: readonly NewLine[],
  change: { readonly now: number; readonly expiresAt: number; readonly limits: CartLimits },
): Cart {
  requireActive(cart)
  const { now, limits } = change
  const lines = new Map<unknown, Line>(cart.lines.map((line) => [line.productId, line]))
  for (const line of added) {
    const present = lines.get(line.productId) ?? { ...line, quantity: 0, createdAt: now }
    const quantity = present.quantity + line.quantity
    if (quantity > limits.maxLineQuantity) throw lineQuantityLimit(limits)
    lines.set(line.productId, { ...present, quantity, updatedAt: now })
  }
  if (lines.size > limits.maxLines) throw cartLinesLimit(limits)
  const next = [...lines.values()]
  if (countUnits(next) > limits.maxUnits) throw cartUnitsLimit(limits)
  return {
    ...cart,
    lines: next,
    version: cart.version + 1,
    updatedAt: now,
    expiresAt: change.expiresAt,
  }
}

/** The order a cart becomes; see `CartStore.checkout`. */
export function checkedOut(cart: Cart, now: number): Cart {
  requireActive(cart)
  if (cart.lines.length === 0) throw new CartError('CART_EMPTY')
  return {
    ...cart,
    status: 'checked_out',
    version: cart.version + 1,
    updatedAt: now,
    orderedAt: now,
    expiresAt: null,
  }
}

/** The three limit errors, worded once for every store. */
export function lineQuantityLimit(limits: CartLimits): CartError {
  return new CartError(
    'LINE_QUANTITY_LIMIT',
    `A line holds at most ${limits.maxLineQuantity} units.`,
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
