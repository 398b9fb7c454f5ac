import type { CartStatus, Operation } from '../../../src/index.ts'

/** A second, independent implementation of the rules of carts, with which the model of the checkers is compared. */
export interface Cart {
  readonly status: 'none' | 'deleted' | CartStatus
  readonly lines: Readonly<Record<string, number>>
  /** 1 for a new cart, plus 1 for every change. */
  readonly version: number
  /** The target of the merge that took the cart. */
  readonly into?: string
}

export const NO_CART: Cart = { status: 'none', lines: {}, version: 0 }

export function isThere({ status }: Cart): boolean {
  return status !== 'none' && status !== 'deleted'
}

/** The cart after a change other than a merge, or the reason of the refusal. */
export function changed(operation: Operation, cart: Cart): Cart | string {
  const { kind, if_version: wanted } = operation
  if (kind === 'create')
    return cart.status === 'none' ? { ...cart, status: 'active', version: 1 } : cart
  if (!isThere(cart)) return 'not_found'
  if (cart.status !== 'active') return 'not_active'
  if (wanted?.includes(cart.version) === false) return 'precondition_failed'
  const next = changedLines(operation, cart.lines)
  if (typeof next === 'string') return next
  const version = cart.version + 1
  if (kind === 'delete') return { status: 'deleted', lines: {}, version }
  return { status: kind === 'checkout' ? 'checked_out' : 'active', lines: next, version }
}

function changedLines(
  { kind, lines = [], product = '' }: Operation,
  held: Cart['lines'],
): Cart['lines'] | string {
  const next = { ...held }
  switch (kind) {
    case 'add':
      for (const [added, units] of lines) next[added] = (next[added] ?? 0) + units
      return next
    case 'set':
      for (const [set, units] of lines) next[set] = units
      return next
    case 'remove':
      if (next[product] === undefined) return 'line_not_found'
      delete next[product]
      return next
    case 'checkout':
      return Object.keys(next).length === 0 ? 'cart_empty' : next
    default:
      return {}
  }
}

/** The source after a merge, or the reason of the refusal. */
export function frozen({ cart }: Operation, source: Cart): Cart | string {
  if (!isThere(source)) return 'not_found'
  if (source.status !== 'active') return 'not_active'
  return { ...source, status: 'merged', version: source.version + 1, into: cart }
}

/** The target after a merge, or the reason of the refusal. */
export function joined(
  { cart, strategy = 'sum' }: Operation,
  target: Cart,
  source: Cart,
): Cart | string {
  if (source.into !== cart) return 'not_merged'
  if (!isThere(target)) return 'not_found'
  if (target.status !== 'active') return 'not_active'
  const lines = { ...target.lines }
  for (const [product, units] of Object.entries(source.lines)) {
    const there = lines[product]
    if (there === undefined) lines[product] = units
    else if (strategy === 'sum') lines[product] = there + units
    else if (strategy === 'max') lines[product] = Math.max(there, units)
  }
  return { ...target, lines, version: target.version + 1 }
}

/** Whether the response of a get fits the cart. */
export function sees({ error, lines = [], cart_status }: Operation, cart: Cart): boolean {
  if (error !== undefined) return !isThere(cart)
  if (!isThere(cart) || (cart_status !== undefined && cart_status !== cart.status)) return false
  // The source of a merge may show its lines or none.
  if (cart.status === 'merged' && lines.length === 0) return true
  const seen = Object.fromEntries(lines)
  const names = Object.keys({ ...seen, ...cart.lines })
  return names.every((product) => seen[product] === cart.lines[product])
}
