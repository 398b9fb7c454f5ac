import type { Line } from './cart.ts'
import { CartError } from './errors.ts'
import { findKey } from './idempotency.ts'
import { lineKey } from './line-key.ts'
import {
  byKey,
  type CartState,
  type Changed,
  type ChangeTerms,
  momentOf,
  nextState,
  requireActive,
  requireCurrency,
  requireKnown,
  requireLimits,
  requireVisible,
} from './rules.ts'

/** The quantity of a line that both carts hold: the sum, the maximum, or that of the target. */
export type MergeStrategy = 'sum' | 'max' | 'keep'

export interface MergeOptions {
  /** The source; must not be the target. */
  readonly fromCartId: string
  readonly strategy: MergeStrategy
}

/** Maximum number of carts that one cart can absorb. It remembers each of them, so that no retry counts twice. */
export const MAX_ABSORBED = 100

/** A merge as two writes. A database makes both atomically or, if it cannot, one after the other (`freeze` first). */
export interface Merge {
  readonly changed: Changed
  /** The carts to write; both `undefined` when the merge had been made before. */
  readonly target: CartState | undefined
  readonly source: CartState | undefined
}

/**
 * Merges `source` into `target`; see `CartStore.mergeCart`. A source that was merged into an earlier cart with the target's
 * id is empty and can be merged again.
 */
export function mergeCarts(
  target: CartState | undefined,
  source: CartState | undefined,
  { fromCartId, strategy }: MergeOptions,
  terms: ChangeTerms,
): Merge {
  const moment = momentOf(terms)
  const into = requireKnown(target, moment)
  const record = findKey(into.keys, terms.key, moment)
  if (record !== undefined) return made(record.version)
  requireVisible(into, moment)
  // Checked before the source, which may have expired since.
  if (into.absorbed.includes(fromCartId)) return made(into.version)
  const from = requireSource(source, moment)
  requireActive(into)
  if (from.mergedInto !== into.cartId) requireActive(from)
  requireCurrency(into, from.currency)
  if (into.absorbed.length >= MAX_ABSORBED) {
    throw cartMergesLimit()
  }
  const lines = mergedLines(into, from, strategy, terms)
  const next = nextState(into, terms, { lines, absorbed: [...into.absorbed, fromCartId] })
  return {
    changed: { version: next.version, replayed: false },
    target: next,
    source: { ...freeze(from, into.cartId, terms), lines: [] },
  }
}

/** The source after the first step of a merge: it still has its lines, but they can no longer change. */
export function freeze(source: CartState, targetId: string, terms: ChangeTerms): CartState {
  if (source.mergedInto === targetId) return source
  return nextState(source, { ...terms, key: undefined }, { status: 'merged', mergedInto: targetId })
}

function requireSource(source: CartState | undefined, now: number): CartState {
  try {
    return requireVisible(source, now)
  } catch (error) {
    throw sourceNotFound(error)
  }
}

/** The errors of merges, with the same message on every store. */
export function cartMergesLimit(): CartError {
  return new CartError(
    'CART_MERGES_LIMIT',
    `At most ${MAX_ABSORBED} carts can be merged into one cart.`,
  )
}

export function sourceNotFound(cause?: unknown): CartError {
  return new CartError('CART_NOT_FOUND', 'from_cart_id: there is no such cart', { cause })
}

function made(version: number): Merge {
  return { changed: { version, replayed: true }, target: undefined, source: undefined }
}

function mergedLines(
  target: CartState,
  source: CartState,
  strategy: MergeStrategy,
  { now, limits }: ChangeTerms,
): Line[] {
  const lines = byKey(target.lines)
  for (const line of source.lines) {
    const key = lineKey(line)
    const present = lines.get(key)
    const quantity =
      present === undefined ? line.quantity : combine[strategy](present.quantity, line.quantity)
    if (quantity === present?.quantity) continue
    lines.set(key, { ...(present ?? line), quantity, updatedAt: now })
  }
  return requireLimits(target, lines, limits, source.lines)
}

const combine: Record<MergeStrategy, (target: number, source: number) => number> = {
  sum: (target, source) => target + source,
  max: Math.max,
  keep: (target) => target,
}
