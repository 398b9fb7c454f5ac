import { createRandom, type Random } from '../random/random.ts'
import { shuffle } from '../random/shuffle.ts'

/** A stretch of time in which a fault may strike; milliseconds since the recording began. */
export interface FaultWindow {
  readonly fault: string
  readonly from_ms: number
  readonly to_ms: number
}

/** When which fault strikes, drawn from a seed. */
export interface FaultPlan {
  readonly faults: readonly string[]
  readonly windows: readonly FaultWindow[]
  /** The window that is open, if one is. */
  at(ms: number): FaultWindow | undefined
  /** For what else is left to chance: the share of requests that is met, how long one waits. */
  readonly stream: Random
}

/** A fault, then as long a rest as it takes to see whether the service comes back to itself. */
const ACTIVE_SHARE = 0.65
const MOST_SLOT_MS = 600

/**
 * Gives every fault its windows, one fault at a time, in a new seeded order in every round. A run that is too short
 * for rounds of MOST_SLOT_MS each has shorter windows, but every fault has one.
 *
 * @param seconds how long the recording takes
 * @param always  faults that have no windows but are there all the time, such as a replica that lags
 */
export function planFaults(
  seed: number,
  faults: readonly string[],
  seconds: number,
  always: readonly string[] = [],
): FaultPlan {
  const order = createRandom(seed, 'order of faults')
  const most = Math.max(1, faults.length)
  const rounds = Math.max(1, Math.floor((seconds * 1000) / (most * MOST_SLOT_MS)))
  const slot = (seconds * 1000) / (rounds * most)
  const windows: FaultWindow[] = []
  for (let round = 0; round < rounds; round++) {
    const shuffled = [...faults]
    shuffle(shuffled, order)
    for (const fault of shuffled) {
      const from = windows.length * slot
      windows.push({
        fault,
        from_ms: Math.round(from),
        to_ms: Math.round(from + slot * ACTIVE_SHARE),
      })
    }
  }
  return {
    faults: [...faults, ...always],
    windows,
    at: (ms) => windows.find(({ from_ms, to_ms }) => from_ms <= ms && ms < to_ms),
    stream: createRandom(seed, 'faults'),
  }
}
