import type { FaultWindow } from '../../faults/fault-plan.ts'
import { type Faults, openFaults } from '../../faults/faults.ts'
import { createRandom } from '../../random/random.ts'

/** Faults that are switched on and off by hand, for the proxies that otherwise follow a plan. */
export interface SwitchedFaults {
  /** For the proxies. */
  readonly faults: Faults
  turn(fault: string, on: boolean): void
  /** When it was switched on, milliseconds since the page's server started; `undefined` while it is off. */
  since(fault: string): number | undefined
  readonly on: readonly string[]
}

/** A proxy injects one fault at a time: several that are on take turns of this length. */
const TURN_MS = 150

/** @param now nanoseconds since the page's server started */
export function switchedFaults(
  names: readonly string[],
  seed: number,
  now: () => number,
): SwitchedFaults {
  let open: FaultWindow[] = []
  const faults = openFaults({
    faults: names,
    windows: [],
    at: (ms) => open[Math.floor(ms / TURN_MS) % Math.max(1, open.length)],
    stream: createRandom(seed, 'switched faults'),
  })
  faults.begin(now)
  return {
    faults,
    turn(fault, on) {
      open = open.filter((window) => window.fault !== fault)
      const from_ms = now() / 1e6
      if (on) open.push({ fault, from_ms, to_ms: Number.POSITIVE_INFINITY })
    },
    since: (fault) => open.find((window) => window.fault === fault)?.from_ms,
    get on() {
      return open.map(({ fault }) => fault)
    },
  }
}
