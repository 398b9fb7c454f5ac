import type { Draw } from './draw.ts'
import { type Station, utilisation, type Waiting, waiting } from './queueing.ts'

/** One time slot of a station. Rates are per second. */
export interface StationSlot {
  readonly served: number
  /** Abandoned by clients after `patience_s`. */
  readonly rejected: number
  /** Mean seconds of waiting for the backlog of earlier slots. */
  readonly backlog_s: number
  /** Additional waiting from randomness within the slot. */
  readonly waiting: Waiting
  /** Requests in the queue at the end of the slot. */
  readonly backlog: number
}

/**
 * A station as a fluid, in time slots. Load beyond the capacity of a slot stays in the queue for the next slot, up to
 * the requests that can be served within `patience_s`; clients abandon the rest.
 *
 * @param patience_s maximum seconds that a request waits
 */
export function createFluidStation(patience_s: number) {
  let backlog = 0
  return {
    /** @param seconds length of the slot */
    step(station: Station, seconds: number): StationSlot {
      const capacity = station.rate === 0 ? 0 : station.rate / utilisation(station)
      const before = backlog
      const work = before + station.rate * seconds
      const served = Math.min(work, station.rate === 0 ? work : capacity * seconds)
      const longest = capacity * patience_s
      const left = work - served
      const rejected = Math.max(0, left - longest)
      backlog = left - rejected
      const mean = (before + backlog) / 2
      return {
        served: served / seconds,
        rejected: rejected / seconds,
        backlog_s: capacity === 0 ? 0 : mean / capacity,
        waiting: waiting(station),
        backlog,
      }
    },
  }
}

/** Seconds that one request waits in a slot. */
export function drawWait({ backlog_s, waiting }: StationSlot, draw: Draw): number {
  const random = draw.uniform() < waiting.probability ? draw.exponential(waiting.mean_s) : 0
  return backlog_s + random
}
