import type { Model, Span } from './model.ts'
import { type SearchLimits, search } from './search.ts'
import { shrink } from './shrink.ts'

/** The limits of one search while shrinking. A history that is nearly minimal takes far less. */
const SHRINK_LIMITS: SearchLimits = { states: 20_000, ms: 250 }

/**
 * The few operations that show why no order exists. They have none, whatever the other operations did: a read that is
 * left out constrains nothing, and a change that is left out counts as one without a response, which may have happened
 * at any time or never.
 *
 * @param operations in order of call, without a linearization
 * @param stuck the operation that the search could not place
 * @param ms maximum time, milliseconds
 */
export function findCounterexample<State, Operation extends Span>(
  operations: readonly Operation[],
  model: Model<State, Operation>,
  stuck: Operation | undefined,
  ms: number,
): readonly Operation[] {
  const deadline = performance.now() + ms
  const fails = (kept: readonly Operation[]): boolean =>
    performance.now() < deadline &&
    search(weaken(operations, model, kept), model, SHRINK_LIMITS).linearizable === false
  const certain = operations.filter(({ end }) => end !== Infinity)
  // What was called after the search got stuck has no part in it.
  const early = certain.filter(({ call }) => call <= (stuck?.end ?? Infinity))
  return shrink(fails(early) ? early : certain, fails)
}

/** The kept operations, and all other changes as changes without a response. */
function weaken<State, Operation extends Span>(
  operations: readonly Operation[],
  model: Model<State, Operation>,
  kept: readonly Operation[],
): Operation[] {
  const strict = new Set(kept)
  const latest = kept.reduce((last, { end }) => Math.max(last, end), 0)
  return operations.flatMap((one) => {
    if (strict.has(one)) return [one]
    // What is called after the last kept operation cannot influence any of them.
    if (one.call > latest || model.isRead?.(one) === true) return []
    return [{ ...one, end: Infinity }]
  })
}
