import { median } from '../../stats/median.ts'
import { trendP } from '../../stats/trend.ts'
import type { Schedule } from '../schedule/schedule.ts'
import type { Ended } from './recorder.ts'

/** The load before the measured time, and what ends it. Times are microseconds since the start of the run. */
export interface WarmUp extends Pick<SteadyRule, 'lookAt' | 'isOver'> {
  readonly schedule: Schedule
  /** When the measured time begins, if that is agreed with other generators; else as soon as `isOver` says so. */
  readonly beginsAt?: () => number
  record(ended: Ended): void
  /** `null` when others report it. */
  report(): WarmUpReport | null
}

/** The rule that ends a warm-up. */
export interface SteadyRule {
  /** When to evaluate the rule next. */
  lookAt(): number
  /** Whether the load is steady, or the maximum time is over. */
  isOver(now: number): boolean
  /** Counts the response time of a success, microseconds. */
  record(time: number): void
  report(): WarmUpReport
}

/** How a warm-up went. */
export interface WarmUpReport {
  /** Whether its last windows showed no trend; else its maximum time or the run ended it. */
  readonly steady: boolean
  /** Two-sided p-values of no trend in the last windows; `null` with too few windows. */
  readonly trend_p: { readonly p50: number | null; readonly rate: number | null }
  readonly windows: readonly WarmUpWindow[]
}

/** A part of the warm-up. */
export interface WarmUpWindow {
  /** Its end, seconds from the start of the run. */
  readonly until: number
  /** Median response time of the operations that succeeded in it, milliseconds. */
  readonly p50: number
  /** Successes per second. */
  readonly rate: number
}

/** Minimum duration and number of successes of a window. */
export const WINDOW_US = 200_000
const MIN_ENDED = 10
/** How many windows have to be without a trend. */
export const STEADY_WINDOWS = 15
/**
 * Minimum p-value of no trend. High, since missing a trend is the expensive error here; a false trend only costs another
 * window.
 */
const MIN_P = 0.2

/** A warm-up of a single generator. */
export function createWarmUp(schedule: Schedule, longest: number): WarmUp {
  const rule = createSteadyRule(longest)
  return {
    ...rule,
    schedule,
    record({ outcome, at, endedAt }) {
      if (outcome.kind === 'ok') rule.record(endedAt - at)
    },
  }
}

/**
 * A warm-up ends when neither the median response time nor the rate of successes has a trend in its last 15 windows
 * by the Mann-Kendall test (p > 0.2), or after `longest`.
 *
 * Chosen on simulated series that decay, step or rise, with noise of 2 to 15 %. The coefficient of variation of the last
 * windows (Georges, Buytaert and Eeckhout, OOPSLA 2007) needs a threshold that fits the noise: 2 % was never reached
 * with noise of 5 %, and 10 % let decays pass. MSER (White, Simulation 69, 1997), evaluated window by window, ended
 * hardly later than the minimum number of windows. This rule takes 3.2 s on average for a steady service; of an excess
 * that starts at 100 % and decays with a time constant of 2 s, 1 to 3 % remain in the next 5 s, where a fixed 3 s
 * leaves 9 %.
 *
 * @param longest microseconds
 */
export function createSteadyRule(longest: number): SteadyRule {
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
    lookAt: () => lookAt,
    isOver(now) {
      if (now < lookAt) return false
      lookAt = Math.min(now + WINDOW_US, longest)
      if (times.length >= MIN_ENDED) closeWindow(now)
      const { p50, rate } = trendOf(windows)
      steady = p50 !== null && rate !== null && Math.min(p50, rate) > MIN_P
      return steady || now >= longest
    },
    record: (time) => void times.push(time),
    report: () => ({ steady, trend_p: trendOf(windows), windows }),
  }
}

function trendOf(windows: readonly WarmUpWindow[]): WarmUpReport['trend_p'] {
  if (windows.length < STEADY_WINDOWS) return { p50: null, rate: null }
  const last = windows.slice(-STEADY_WINDOWS)
  return { p50: trendP(last.map(({ p50 }) => p50)), rate: trendP(last.map(({ rate }) => rate)) }
}
