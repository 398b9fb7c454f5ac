import { createRandom, type Random } from '../random/random.ts'
import { shuffle } from '../random/shuffle.ts'

/** A time window in which a fault may be injected; milliseconds since the start of the recording. */
export interface FaultWindow {
  readonly fault: string
  readonly from_ms: number
  readonly to_ms: number
}

/** The windows of all faults, drawn from a seed. */
export interface FaultPlan {
  readonly faults: readonly string[]
  readonly windows: readonly FaultWindow[]
  /** The open window. */
  at(ms: number): FaultWindow | undefined
  /** For what else is left to chance: the share of requests that is met, how long one waits. */
  readonly stream: Random
}

/** Share of a slot in which the fault is active; the rest shows whether the service recovers. */
const ACTIVE_SHARE = 0.65
const MAX_SLOT_MS = 600

/**
 * Plans rounds in which every fault has one window, in a new random order each. If the recording is too short for slots
 * of MAX_SLOT_MS, the windows are shorter, but every fault has one.
 *
 * @param seconds duration of the recording
 * @param always  faults without windows that are always in effect, such as a lagging replica
 */
export function planFaults(
  seed: number,
  faults: readonly string[],
  seconds: number,
  always: readonly string[] = [],
): FaultPlan {
  const order = createRandom(seed, 'order of faults')
  const most = Math.max(1, faults.length)
  const rounds = Math.max(1, Math.floor((seconds * 1000) / (most * MAX_SLOT_MS)))
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
