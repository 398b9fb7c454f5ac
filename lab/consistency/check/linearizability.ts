import type { Operation, ReadMode } from '../../history/operation.ts'
import type { CartView } from './cart-view.ts'
import { type Entry, entriesOf } from './entries.ts'
import { type SearchLimits, type SearchOutcome, type States, search } from './linearizable.ts'
import { ABSENT } from './model.ts'
import { projectEntries } from './project.ts'
import type { Violation } from './report.ts'
import { shrink } from './shrink.ts'
import { violation } from './tally.ts'

export interface LinearizabilityOutcome {
  readonly violation: Violation | undefined
  /** Operations that were put into an order. */
  readonly support: number
  readonly undecided: string | null
}

/**
 * Whether the carts of a component are linearizable, without looking at versions. Where the search over whole carts
 * runs out of time or memory, it goes on line by line (P-compositionality, Horn and Kroening 2015): a line that is not
 * linearizable condemns the cart, but lines that are do not acquit it.
 *
 * @param shrinkMs how long to look for the few operations that show a violation; 0 names only where the search stuck
 */
export function checkLinearizability(
  component: readonly CartView[],
  mode: ReadMode,
  limits: SearchLimits,
  shrinkMs: number,
): LinearizabilityOutcome {
  const [first] = component
  const absent = component.find(({ begins }) => !begins)
  if (absent !== undefined || first === undefined) {
    return outcome(0, 'the creation of the cart is not in the history')
  }
  const entries = entriesOf(component, mode)
  const initial: States = component.map(() => ABSENT)
  const whole = search(entries, initial, limits)
  if (whole.linearizable === true) return outcome(entries.length, null)
  if (whole.linearizable === false) {
    return {
      ...outcome(entries.length, null),
      violation: explain(first.cart, mode, entries, whole, shrinkMs),
    }
  }
  for (const line of projectEntries(entries)) {
    const one = search(line, initial, limits)
    if (one.linearizable === false) {
      return {
        ...outcome(line.length, null),
        violation: explain(first.cart, mode, line, one, shrinkMs),
      }
    }
  }
  return outcome(entries.length, 'the search for an order ran out of time or memory')
}

function outcome(support: number, undecided: string | null): LinearizabilityOutcome {
  return { violation: undefined, support, undecided }
}

/** How much one search of a shrinking may take: a history that is nearly minimal takes far less. */
const SHRINK_LIMITS: SearchLimits = { states: 20_000, ms: 250 }

/**
 * The few operations that show that no order works. Leaving something out never makes a violation of its own: an
 * observation that is left out constrains nothing any more, and a change that is left out may still have happened at
 * any time or never. So what is left has no order, whatever the others did.
 */
function explain(
  cart: string,
  mode: ReadMode,
  entries: readonly Entry[],
  { stuck }: SearchOutcome,
  shrinkMs: number,
): Violation {
  if (shrinkMs === 0) {
    const message = 'no order of the operations comes past this one'
    return violation('linearizability', mode, 'not_linearizable', cart, message, [stuck?.operation])
  }
  const carts = entries.reduce((most, entry) => Math.max(most, entry.cart + 1), 1)
  const initial: States = Array.from({ length: carts }, () => ABSENT)
  const until = performance.now() + shrinkMs
  const fails = (kept: readonly Entry[]): boolean =>
    performance.now() < until &&
    search(weaken(entries, kept), initial, SHRINK_LIMITS).linearizable === false
  // What was called only after the point where no order works cannot be part of it.
  const early = entries.filter(
    ({ call, end }) => call <= (stuck?.end ?? Infinity) && end !== Infinity,
  )
  const start = fails(early) ? early : entries.filter(({ end }) => end !== Infinity)
  const few = shrink(start, fails)
  const message =
    few.length === 1
      ? 'no order of anything that was asked for explains this answer'
      : `no order of these ${few.length} operations, each within its span, is one that a single cart allows, whatever else happened`
  const shown: Operation[] = few.map(({ operation }) => operation)
  return violation('linearizability', mode, 'not_linearizable', cart, message, shown)
}

function weaken(entries: readonly Entry[], kept: readonly Entry[]): Entry[] {
  const strict = new Set(kept)
  const latest = kept.reduce((last, { end }) => Math.max(last, end), 0)
  return entries.flatMap((entry) => {
    if (strict.has(entry)) return [entry]
    // What begins after the last of them can have no part in it.
    if (entry.observation !== undefined || entry.call > latest) return []
    return [{ ...entry, end: Infinity }]
  })
}
