import type { Outcome } from '../http/outcome.ts'
import type { Step } from '../schedule/schedule.ts'

/** A step that waited for another of its session. */
export interface Resumed {
  readonly step: Step
  /** When the other one ended, microseconds. */
  readonly since: number
}

/**
 * The carts behind the slots of a schedule. In a mix of sessions the steps of a slot come one after another, as a
 * shopper's do: one that is due before the other has ended is parked. Elsewhere they meet freely, and a slot keeps its
 * cart until the create that replaces it has been answered.
 */
export function createSlots(carts: readonly (string | null)[], sessions: boolean) {
  const ids = carts.map((id) => id ?? undefined)
  const busy = new Set<number>()
  const parked = new Map<number, Step[]>()
  const resumable: Resumed[] = []
  let waiting = 0

  return {
    /** Whether `step` has to wait for another of its session. */
    park(step: Step): boolean {
      if (!sessions || !busy.has(step.slot)) return false
      const queue = parked.get(step.slot)
      if (queue === undefined) parked.set(step.slot, [step])
      else queue.push(step)
      // Nobody else may overtake it once it is resumable.
      waiting++
      return true
    },
    /** The next step that no longer has to wait. */
    resume(): Resumed | undefined {
      const resumed = resumable.shift()
      if (resumed !== undefined) waiting--
      return resumed
    },
    /** The cart a step is for ('' for a create); `undefined` when there is none. */
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
      // Stays busy for the one that waited, so that a later step cannot overtake it.
      if (next !== undefined) resumable.push({ step: next, since: now })
      else busy.delete(step.slot)
    },
    isWaiting: () => waiting > 0,
    /** Takes out all that wait. */
    abandon(): Step[] {
      const steps = [...resumable.map(({ step }) => step), ...[...parked.values()].flat()]
      resumable.length = 0
      parked.clear()
      waiting = 0
      return steps
    },
  }
}
