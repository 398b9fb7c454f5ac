import type { Changed } from '../../cart/rules.ts'
import { coalesce } from '../coalesce.ts'
import { asCartError, wasRefused } from './errors.ts'

/** A kind of change that one statement can make many times. Inputs are told apart as objects: each call needs its own. */
export interface ManyChanges<In> {
  readonly mostInFlight: number
  readonly mostInBatch: number
  readonly mostWaitMs: number
  /** Makes one change, whatever the state of things, or says why not. */
  single(input: In): Promise<Changed>
  /**
   * Makes those that nothing speaks against, in one statement; leaves the others undone and out of its answer.
   *
   * @param wait for what others have locked, instead of leaving it undone
   */
  together(inputs: readonly In[], wait: boolean): Promise<ReadonlyMap<In, Changed>>
  /**
   * What a change is made to. With it, several to one thing that are left undone go together again, waiting, for as
   * long as that makes some of them, and then singly; without it, at once singly.
   */
  targetOf?(input: In): string
}

type Outcomes<In> = Map<In, PromiseSettledResult<Changed>>
/** Those that are still to come. */
type Answers<In> = Map<In, PromiseWithResolvers<Changed>>

/**
 * Changes that meet are made together; what the common statement leaves undone is made singly, while the next batch is
 * under way already, so that nobody else waits for it. A lonely change goes the same way: it must not keep its
 * place while it waits for a lock, and takes hardly longer (docs/performance.md).
 */
export function coalesceChanges<In>(changes: ManyChanges<In>): (input: In) => Promise<Changed> {
  const { single, together, targetOf } = changes

  /** The outcomes there are after one statement; those without one are left to be done. */
  async function attempt(inputs: readonly In[], wait: boolean): Promise<Outcomes<In>> {
    try {
      const made = await together(inputs, wait)
      return new Map(Array.from(made, ([input, value]) => [input, fulfilled(value)]))
    } catch (cause) {
      const reason = asCartError(cause)
      // One member may be to blame for all.
      if (wasRefused(reason)) return new Map()
      return new Map(inputs.map((input) => [input, { status: 'rejected', reason }]))
    }
  }

  /** Each is answered as soon as it is made, while later ones cannot have pushed out its key. */
  async function finish(left: readonly In[], answers: Answers<In>): Promise<void> {
    let rest = left
    let more = rest.length > 1
    while (more) {
      const made = await attempt(rest, true)
      for (const [input, outcome] of made) {
        if (outcome.status === 'fulfilled') answers.get(input)?.resolve(outcome.value)
        else answers.get(input)?.reject(outcome.reason)
      }
      rest = rest.filter((input) => !made.has(input))
      more = made.size > 0 && rest.length > 1
    }
    for (const input of rest) answers.get(input)?.resolve(single(input))
  }

  async function run(inputs: readonly In[]) {
    const outcomes = await attempt(inputs, false)
    const left = inputs.filter((input) => !outcomes.has(input))
    const answers: Answers<In> = new Map(
      left.map((input) => [input, Promise.withResolvers<Changed>()]),
    )
    const groups =
      targetOf === undefined ? left.map((input) => [input]) : Map.groupBy(left, targetOf).values()
    for (const group of groups) void finish(group, answers)
    const told = new Map<In, PromiseSettledResult<Changed | Promise<Changed>>>(outcomes)
    for (const [input, { promise }] of answers) told.set(input, fulfilled(promise))
    return inputs.flatMap((input) => told.get(input) ?? [])
  }

  return coalesce<In, Changed>({ ...changes, run })
}

function fulfilled<T>(value: T): PromiseFulfilledResult<T> {
  return { status: 'fulfilled', value }
}
