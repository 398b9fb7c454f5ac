import { expiryOf, type NewLine } from '../../../src/cart/cart.ts'
import type { EntityId } from '../../../src/cart/ids.ts'
import {
  addedLines,
  applyChange,
  type CartState,
  type ChangeTerms,
  newState as madeState,
  type Rule,
} from '../../../src/cart/rules.ts'
import { options, T0, USD } from '../../contract/fixtures.ts'

/** An empty cart of version 1 without records. */
export function newState(customerId: EntityId = 12_345): CartState {
  return madeState({
    cartId: '019b7c4e-1d2e-7abc-8def-0123456789ab',
    customerId,
    currency: USD,
    now: T0,
    expiresAt: expiryOf(T0, 604_800),
  })
}

/** The cart after that change. */
export function changed(cart: CartState, rule: Rule, terms: ChangeTerms = options()): CartState {
  const { next } = applyChange(cart, terms, rule)
  if (next === undefined) throw new Error('a replay changes nothing')
  return next
}

/** The cart with these lines added. */
export function holding(
  cart: CartState,
  lines: readonly NewLine[],
  terms: ChangeTerms = options(T0, { maxLines: 1000, maxLineQuantity: 1e9, maxUnits: 1e12 }),
): CartState {
  return changed(cart, addedLines(lines), terms)
}
