import { groupBy } from '../group-by.ts'
import { findCounterexample } from './counterexample.ts'
import type { Model, Span } from './model.ts'
import { DEFAULT_LIMITS, type SearchLimits, search } from './search.ts'

/** `ok`: a legal order exists; `illegal`: none does; `unknown`: the search reached a limit, which is never a pass. */
export type LinearizabilityVerdict = 'ok' | 'illegal' | 'unknown'

export interface LinearizabilityOptions {
  /** Limits of the search, for each partition. */
  readonly limits?: SearchLimits
  /** Maximum time for shrinking a counterexample, milliseconds for each partition (2000); 0 for none. */
  readonly shrinkMs?: number
}

export interface PartitionResult<Operation> {
  /** As the model names it; empty for a model without partitions. */
  readonly partition: string
  readonly verdict: LinearizabilityVerdict
  /** Operations that were checked. */
  readonly operations: number
  /** If illegal: a few operations that have no legal order, whatever the others did, in order of call. */
  readonly counterexample: readonly Operation[]
}

export interface LinearizabilityResult<Operation> {
  /** `illegal` if a partition is; else `unknown` if a partition is; else `ok`. */
  readonly verdict: LinearizabilityVerdict
  /** In order of the first call. */
  readonly partitions: readonly PartitionResult<Operation>[]
}

/**
 * Whether a history of a concurrent object is linearizable. Operations that certainly did not happen must be left out.
 *
 * @param operations in any order; `end` is Infinity for one whose response was lost
 */
export function checkLinearizable<State, Operation extends Span>(
  operations: readonly Operation[],
  model: Model<State, Operation>,
  { limits = DEFAULT_LIMITS, shrinkMs = 2000 }: LinearizabilityOptions = {},
): LinearizabilityResult<Operation> {
  const sorted = [...operations].sort((a, b) => a.call - b.call)
  const parts = groupBy(sorted, (one) => model.partition?.(one) ?? '')
  const partitions = [...parts].map(([partition, part]) => ({
    partition,
    ...checkPartition(part, model, limits, shrinkMs),
  }))
  const has = (verdict: LinearizabilityVerdict) => partitions.some((one) => one.verdict === verdict)
  return {
    verdict: has('illegal') ? 'illegal' : has('unknown') ? 'unknown' : 'ok',
    partitions,
  }
}

function checkPartition<State, Operation extends Span>(
  part: readonly Operation[],
  model: Model<State, Operation>,
  limits: SearchLimits,
  shrinkMs: number,
): Omit<PartitionResult<Operation>, 'partition'> {
  // A read without a response constrains nothing.
  const operations = part.filter((one) => one.end !== Infinity || model.isRead?.(one) !== true)
  const { linearizable, stuck } = search(operations, model, limits)
  if (linearizable !== false)
    return {
      verdict: linearizable === true ? 'ok' : 'unknown',
      operations: part.length,
      counterexample: [],
    }
  const counterexample =
    shrinkMs > 0 ? findCounterexample(operations, model, stuck, shrinkMs) : stuck ? [stuck] : []
  return { verdict: 'illegal', operations: part.length, counterexample }
}
