import type { Draw } from './draw.ts'
import { type Station, utilisation, type Waiting, waiting } from './queueing.ts'

/** One slot of a station's life. Rates are per second. */
export interface StationSlot {
  readonly served: number
  /** Given up after waiting as long as a client does. */
  readonly rejected: number
  /** Mean seconds behind those that were there before. */
  readonly backlog_s: number
  /** Beside that, what randomness within the slot makes them wait. */
  readonly waiting: Waiting
  /** Requests in line at the end. */
  readonly backlog: number
}

/**
 * A station in slots of fluid: what a slot brings beyond the capacity stays in line for the next, up to the
 * requests that clients would wait for; the others give up.
 *
 * @param patience_s seconds that a request waits at most
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

export type FluidStation = ReturnType<typeof createFluidStation>

/** Seconds that one request waits in a slot. */
export function drawWait({ backlog_s, waiting }: StationSlot, draw: Draw): number {
  const random = draw.uniform() < waiting.probability ? draw.exponential(waiting.mean_s) : 0
  return backlog_s + random
}
