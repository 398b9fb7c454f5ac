import type { Outcome } from '../http/outcome.ts'
import type { Step } from '../schedule/schedule.ts'

/** A step that waited for the previous step of its session. */
export interface Resumed {
  readonly step: Step
  /** When the previous step ended, microseconds. */
  readonly since: number
}

/**
 * The carts of the slots of a schedule. In a mix of sessions the steps of a slot are sequential, like a shopper's: a step
 * that is due before the previous one has ended is parked. In other mixes they overlap, and a slot keeps its cart until
 * the create that replaces it has succeeded.
 */
export function createSlots(carts: readonly (string | null)[], sessions: boolean) {
  const ids = carts.map((id) => id ?? undefined)
  const busy = new Set<number>()
  const parked = new Map<number, Step[]>()
  const resumable: Resumed[] = []
  let waiting = 0

  return {
    /** Parks `step` if a step of its session is in flight; whether it did. */
    park(step: Step): boolean {
      if (!sessions || !busy.has(step.slot)) return false
      const queue = parked.get(step.slot)
      if (queue === undefined) parked.set(step.slot, [step])
      else queue.push(step)
      waiting++
      return true
    },
    /** The next parked step that can be sent. */
    resume(): Resumed | undefined {
      const resumed = resumable.shift()
      if (resumed !== undefined) waiting--
      return resumed
    },
    /** The cart of a step ('' for a create); `undefined` when there is none. */
    begin(step: Step): string | undefined {
      if (sessions) busy.add(step.slot)
      return step.operation === 'create_cart' ? '' : ids[step.slot]
    },
    end(step: Step, outcome: Outcome | undefined, now: number): void {
      if (step.operation === 'create_cart' && step.slot >= 0)
        ids[step.slot] = outcome?.cartId ?? (sessions ? undefined : ids[step.slot])
      if (!sessions) return
      const queue = parked.get(step.slot)
      const next = queue?.shift()
      if (queue?.length === 0) parked.delete(step.slot)
      // The slot stays busy for the parked step, so that a later step cannot overtake it.
      if (next !== undefined) resumable.push({ step: next, since: now })
      else busy.delete(step.slot)
    },
    isWaiting: () => waiting > 0,
    /** Removes and returns all waiting steps. */
    abandon(): Step[] {
      const steps = [...resumable.map(({ step }) => step), ...[...parked.values()].flat()]
      resumable.length = 0
      parked.clear()
      waiting = 0
      return steps
    },
  }
}
