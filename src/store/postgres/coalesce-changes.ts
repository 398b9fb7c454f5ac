import type { Changed } from '../../cart/rules.ts'
import { coalesce } from '../coalesce.ts'
import { asCartError, wasCutOff, wasRefused } from './errors.ts'

/** A kind of change that one statement can make many times. Inputs are told apart as objects: each call needs its own. */
export interface ManyChanges<In> {
  readonly mostInFlight: number
  readonly mostInBatch: number
  /** Makes one change, whatever the state of things, or says why not. */
  single(input: In): Promise<Changed>
  /**
   * Makes those that nothing speaks against, in one statement; leaves the others undone and out of its answer.
   *
   * @param wait for what others have locked, instead of leaving it undone
   */
  together(inputs: readonly In[], wait: boolean): Promise<ReadonlyMap<In, Changed>>
  /** What a change is made to: those to one thing that are left undone go together once more before they go singly. */
  targetOf(input: In): string
  /** Whether a change may be sent again when its answer was lost. */
  isRepeatable(input: In): boolean
}

type Outcomes<In> = Map<In, PromiseSettledResult<Changed>>

/**
 * Changes that meet are made together; what the common statement leaves undone is made singly, while the next batch is
 * under way already, so that nobody else waits for it. A lonely change goes the same way: it must not keep its
 * place while it waits for a lock, and takes hardly longer (docs/performance.md).
 */
export function coalesceChanges<In>(changes: ManyChanges<In>): (input: In) => Promise<Changed> {
  const { single, together, targetOf, isRepeatable } = changes

  const singly = async (inputs: readonly In[]): Promise<Outcomes<In>> => {
    const settled = inputs.map(async (input) => {
      const [outcome] = await Promise.allSettled([single(input)])
      return [input, outcome] as const
    })
    return new Map(await Promise.all(settled))
  }

  /** The outcomes there are after one statement; those without one are left to be done. */
  async function attempt(inputs: readonly In[], wait: boolean): Promise<Outcomes<In>> {
    try {
      const made = await together(inputs, wait)
      return new Map(Array.from(made, ([input, value]) => [input, fulfilled(value)]))
    } catch (cause) {
      const reason = asCartError(cause)
      // One member may be to blame for all.
      if (wasRefused(reason)) return new Map()
      const wasLost = wasCutOff(reason.cause)
      const failed = inputs.filter((input) => !(wasLost && isRepeatable(input)))
      return new Map(failed.map((input) => [input, { status: 'rejected', reason }]))
    }
  }

  async function finish(left: readonly In[]): Promise<Outcomes<In>> {
    const outcomes: Outcomes<In> = left.length > 1 ? await attempt(left, true) : new Map()
    const rest = await singly(left.filter((input) => !outcomes.has(input)))
    return new Map([...outcomes, ...rest])
  }

  async function run(inputs: readonly In[]) {
    const outcomes = await attempt(inputs, false)
    const left = inputs.filter((input) => !outcomes.has(input))
    const finishing = new Map(
      Array.from(Map.groupBy(left, targetOf), ([target, group]) => [target, finish(group)]),
    )
    return inputs.map((input) => outcomes.get(input) ?? fulfilled(answerOf(input)))

    async function answerOf(input: In): Promise<Changed> {
      const settled = (await finishing.get(targetOf(input)))?.get(input)
      if (settled?.status === 'fulfilled') return settled.value
      throw settled?.reason
    }
  }

  return coalesce<In, Changed>({ ...changes, run })
}

function fulfilled<T>(value: T): PromiseFulfilledResult<T> {
  return { status: 'fulfilled', value }
}
