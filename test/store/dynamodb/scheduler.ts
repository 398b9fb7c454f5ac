import type { Gate } from './gated-store.ts'

/**
 * Runs several callers so that their single requests to the database come one after the other, in an order that
 * `choose` picks. Between two of its requests a caller may be held back for as long as the others take.
 */
export interface Scheduler {
  /** A gate for each caller. */
  gates: Gate[]
  /** Starts all callers; resolves when all are done. */
  run(callers: readonly (() => Promise<void>)[]): Promise<void>
}

/** @param choose returns the next caller among the waiting ones, which are in order of their number */
export function openScheduler(
  count: number,
  choose: (waiting: readonly number[]) => number,
): Scheduler {
  const turns = new Map<number, () => void>()
  let running = 0
  let finished = Promise.withResolvers<void>()

  /** Lets one caller continue when no caller is between two requests. */
  function settle(): void {
    running -= 1
    if (running > 0) return
    const waiting = [...turns.keys()].sort((a, b) => a - b)
    if (waiting.length === 0) {
      finished.resolve()
      return
    }
    const next = choose(waiting)
    const go = turns.get(next)
    turns.delete(next)
    running += 1
    go?.()
  }

  const gateOf =
    (caller: number): Gate =>
    async (_operation, send) => {
      await new Promise<void>((go) => {
        turns.set(caller, go)
        settle()
      })
      return send()
    }

  return {
    gates: Array.from({ length: count }, (_, caller) => gateOf(caller)),
    async run(callers) {
      finished = Promise.withResolvers()
      running = callers.length
      await Promise.all([...callers.map((call) => call().finally(settle)), finished.promise])
    },
  }
}
