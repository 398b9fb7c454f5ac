import { median } from '../../stats/median.ts'
import { trendP } from '../../stats/trend.ts'
import type { Schedule } from '../schedule/schedule.ts'
import type { Ended } from './recorder.ts'

/** What is sent before anything is measured, and the rule that ends it. Microseconds since the start of the run. */
export interface WarmUp {
  readonly schedule: Schedule
  /** When the rule is to be asked next. */
  lookAt(): number
  /** Whether the warm-up has done its work, or has lasted as long as it may. */
  isOver(now: number): boolean
  record(ended: Ended): void
  report(): WarmUpReport
}

/** How a warm-up went. */
export interface WarmUpReport {
  /** Whether its last windows showed no trend; else it ended for its time, or with the run. */
  readonly steady: boolean
  /** Two-sided p-values of there being no trend in the last windows; `null` where there were too few of them. */
  readonly trend_p: { readonly p50: number | null; readonly rate: number | null }
  readonly windows: readonly WarmUpWindow[]
}

/** A stretch of the warm-up. */
export interface WarmUpWindow {
  /** From the start of the run to its end, seconds. */
  readonly until: number
  /** Median response time of the operations that succeeded in it, milliseconds. */
  readonly p50: number
  /** Successes a second. */
  readonly rate: number
}

/** A window is at least so long, and goes on until it has so many successes. */
const WINDOW_US = 200_000
const LEAST_ENDED = 10
/** How many windows have to be without a trend. */
export const STEADY_WINDOWS = 15
/**
 * How likely so much of a trend has to be in a steady series. High, since here the costly mistake is to overlook a
 * trend; to see one that is not there only costs another window.
 */
const LEAST_P = 0.2

/**
 * A warm-up that is over when neither the median response time nor the rate of successes has a trend in its last 15
 * windows by the Mann-Kendall test (p > 0.2), or when it has lasted `longest`.
 *
 * Chosen by simulated series that decay, step or rise, under noise of 2 to 15 %. The coefficient of variation of the
 * last windows (Georges, Buytaert and Eeckhout, OOPSLA 2007) needs a threshold to fit the noise: 2 % was never reached
 * under noise of 5 %, and 10 % let decays pass. MSER (White, Simulation 69, 1997) asked window by window ended hardly
 * later than the fewest windows allow. This rule lets a steady service go after 3.2 s on average; of times that start
 * doubled and fall to 1/e of that in 2 s, 1 to 3 % are left in the next 5 s, where a fixed 3 s leave 9 %.
 *
 * @param longest microseconds
 */
export function createWarmUp(schedule: Schedule, longest: number): WarmUp {
  const windows: WarmUpWindow[] = []
  let begunAt = 0
  let times: number[] = []
  let lookAt = Math.min(WINDOW_US, longest)
  let steady = false

  function closeWindow(now: number): void {
    const rate = (1e6 * times.length) / (now - begunAt)
    windows.push({ until: now / 1e6, p50: median(times) / 1000, rate })
    begunAt = now
    times = []
  }
  return {
    schedule,
    lookAt: () => lookAt,
    isOver(now) {
      if (now < lookAt) return false
      lookAt = Math.min(now + WINDOW_US, longest)
      if (times.length >= LEAST_ENDED) closeWindow(now)
      const { p50, rate } = trendOf(windows)
      steady = p50 !== null && rate !== null && Math.min(p50, rate) > LEAST_P
      return steady || now >= longest
    },
    record({ outcome, at, endedAt }) {
      if (outcome.kind === 'ok') times.push(endedAt - at)
    },
    report: () => ({ steady, trend_p: trendOf(windows), windows }),
  }
}

function trendOf(windows: readonly WarmUpWindow[]): WarmUpReport['trend_p'] {
  if (windows.length < STEADY_WINDOWS) return { p50: null, rate: null }
  const last = windows.slice(-STEADY_WINDOWS)
  return { p50: trendP(last.map(({ p50 }) => p50)), rate: trendP(last.map(({ rate }) => rate)) }
}
