import type { Schedule } from '../schedule/schedule.ts'
import { type WarmUp, WINDOW_US } from './warm-up.ts'

export interface GuidedWarmUp extends WarmUp {
  /** Sets when the measured time begins, microseconds; at `longest` otherwise. */
  measureAt(at: number): void
}

/**
 * The warm-up of one of several generators: it reports the successes of each window, and is told when to begin, since the
 * measured time of all of them is one.
 *
 * @param longest microseconds
 * @param onWindow called once for every window, with the response times of its successes, whole microseconds
 */
export function createGuidedWarmUp(
  schedule: Schedule,
  longest: number,
  onWindow: (times: number[]) => void,
): GuidedWarmUp {
  let begins = longest
  let windowEnds = WINDOW_US
  let times: number[] = []
  return {
    schedule,
    measureAt(at) {
      begins = Math.min(begins, at)
    },
    beginsAt: () => begins,
    lookAt: () => Math.min(begins, windowEnds),
    isOver(now) {
      for (; now >= windowEnds; windowEnds += WINDOW_US) {
        onWindow(times)
        times = []
      }
      return now >= begins
    },
    record({ outcome, at, endedAt }) {
      if (outcome.kind === 'ok') times.push(Math.round(endedAt - at))
    },
    report: () => null,
  }
}
