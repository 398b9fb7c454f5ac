import type { ReadMode } from '../history/operation.ts'
import { findCounterexample } from '../search/counterexample.ts'
import { isStopped, type SearchLimits, type SearchOutcome, search } from '../search/search.ts'
import { cartModel } from './cart-model.ts'
import type { CartView } from './cart-view.ts'
import { type Entry, entriesOf } from './entries.ts'
import { projectEntries } from './project.ts'
import type { Violation } from './report.ts'
import { violation } from './tally.ts'

export interface LinearizabilityFindings {
  readonly violation: Violation | undefined
  /** Operations that were put into an order. */
  readonly support: number
  /** Why the search is inconclusive; `null` if it is not. */
  readonly undecided: string | null
}

/**
 * Whether the carts of a component are linearizable, without looking at versions. If the search over whole carts reaches
 * a limit, single lines are searched (P-compositionality, Horn and Kroening 2015): if a line has no order, neither has
 * the cart, but orders of all lines do not prove one of the cart.
 *
 * @param shrinkMs maximum time for shrinking a violation, milliseconds; 0 names only the operation that could not be placed
 */
export function checkLinearizability(
  component: readonly CartView[],
  mode: ReadMode,
  limits: SearchLimits,
  shrinkMs: number,
): LinearizabilityFindings {
  const [first] = component
  if (first === undefined || component.some(({ begins }) => !begins))
    return outcome(0, 'the creation of the cart is not in the history')
  const entries = entriesOf(component, mode)
  const model = cartModel(component.length)
  const deadline = performance.now() + limits.ms
  const remaining = () => ({ ...limits, ms: Math.max(0, deadline - performance.now()) })
  const whole = search(entries, model, limits)
  if (whole.linearizable === true) return outcome(entries.length, null)
  const lines = whole.linearizable === false ? [] : projectEntries(entries)
  for (const part of whole.linearizable === false ? [entries] : lines) {
    const found = part === entries ? whole : search(part, model, remaining())
    if (found.linearizable !== false) continue
    const shown = explain(first.cart, mode, part, component.length, found, shrinkMs)
    return { ...outcome(part.length, null), violation: shown }
  }
  return outcome(
    entries.length,
    isStopped(limits.stop)
      ? 'the check was interrupted'
      : `the search for an order reached its limit (${limits.ms / 1000} s or ${limits.states.toLocaleString('en-US')} states for a cart)`,
  )
}

function outcome(support: number, undecided: string | null): LinearizabilityFindings {
  return { violation: undefined, support, undecided }
}

function explain(
  cart: string,
  mode: ReadMode,
  entries: readonly Entry[],
  carts: number,
  { stuck }: SearchOutcome<Entry>,
  shrinkMs: number,
): Violation {
  const make = (message: string, shown: readonly (Entry | undefined)[]) =>
    violation(
      'linearizability',
      mode,
      'not_linearizable',
      cart,
      message,
      shown.map((entry) => entry?.operation),
    )
  if (shrinkMs === 0) return make('no order of the operations can place this one', [stuck])
  const few = findCounterexample(entries, cartModel(carts), stuck, shrinkMs)
  return make(
    few.length === 1
      ? 'no order of the requested operations explains this response'
      : `no order of these ${few.length} operations, each within its span, is legal for a single cart, whatever else happened`,
    few,
  )
}
