import type { OutcomeKind } from '../../results/load-result.ts'
import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  percentileMs,
  recordTime,
} from '../../stats/histogram.ts'

/** One second of a run. */
export interface Second {
  /** 0 for the first. */
  readonly second: number
  /** Operations that were intended for it and have ended. */
  readonly count: number
  /** Responses and failures in it, whenever they were intended. */
  readonly ended: number
  readonly errors: number
  /** Response times in milliseconds, for a timeline: `null` with fewer than 2, 100 and 1 samples. */
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
  /** The generator's maximum lag in it, milliseconds. */
  readonly lag_max: number
  /** The share of it in which the generator was busy, 0-1; `null` when it was not measured to its end. */
  readonly utilisation: number | null
  /** The response times, encoded, if they are kept. */
  readonly times?: string
}

export interface Series {
  record(at: number, kind: OutcomeKind, response: number | null, endedAt: number): void
  recordLag(at: number, lag: number): void
  recordUtilisation(second: number, share: number): void
  /** Finishes the seconds before this one, which can no longer change, to free their memory. */
  settleBefore(second: number): void
  /** All seconds, in order. */
  finish(): Second[]
}

interface Open {
  count: number
  ended: number
  errors: number
  lagMax: number
  utilisation: number | null
  times: Histogram | undefined
  settled: SecondTimes | undefined
}

/** What remains of the response times of a second. */
type SecondTimes = Pick<Second, 'p50' | 'p99' | 'max' | 'times'>

const NOT_ERRORS: ReadonlySet<OutcomeKind> = new Set(['ok', 'interrupted'])

/** The figures of the response times of a second. */
export function secondTimes(times: Histogram): Pick<Second, 'p50' | 'p99' | 'max'> {
  return {
    p50: percentileMs(times, 50, 2),
    p99: percentileMs(times, 99, 100),
    max: times.totalCount === 0 ? null : times.maxValue / 1000,
  }
}

/**
 * One row for each second. Only seconds that can still change hold a histogram.
 *
 * @param keepsTimes whether the response times of every second are kept, to be merged or exported: encoding a histogram
 *   takes 0.2 ms
 */
export function createSeries(keepsTimes = false): Series {
  const seconds: Open[] = []
  let unsettled = 0
  const spare: Histogram[] = []

  function secondAt(us: number): Open {
    const index = Math.max(0, Math.floor(us / 1e6))
    while (seconds.length <= index)
      seconds.push({
        count: 0,
        ended: 0,
        errors: 0,
        lagMax: 0,
        utilisation: null,
        times: undefined,
        settled: undefined,
      })
    return seconds[index] as Open
  }

  function settle(open: Open): void {
    const { times } = open
    if (times === undefined) return
    open.settled = {
      ...secondTimes(times),
      ...(keepsTimes && { times: encodeHistogram(times) }),
    }
    open.times = undefined
    times.reset()
    spare.push(times)
  }

  return {
    record(at, kind, response, endedAt) {
      const open = secondAt(at)
      open.count++
      if (!NOT_ERRORS.has(kind)) open.errors++
      if (kind !== 'unsent' && kind !== 'no_cart') secondAt(endedAt).ended++
      if (response === null || open.settled !== undefined) return
      open.times ??= spare.pop() ?? createHistogram()
      recordTime(open.times, response)
    },
    recordLag(at, lag) {
      const open = secondAt(at)
      open.lagMax = Math.max(open.lagMax, lag)
    },
    recordUtilisation(second, share) {
      secondAt(second * 1e6).utilisation = share
    },
    settleBefore(second) {
      for (; unsettled < Math.min(second, seconds.length); unsettled++)
        settle(seconds[unsettled] as Open)
    },
    finish() {
      for (const open of seconds) settle(open)
      return seconds.map(rowOf)
    },
  }
}

const NO_TIMES = { p50: null, p99: null, max: null }

function rowOf(open: Open, second: number): Second {
  const { count, ended, errors, lagMax, utilisation, settled } = open
  return {
    second,
    count,
    ended,
    errors,
    ...(settled ?? NO_TIMES),
    lag_max: Math.round(lagMax) / 1000,
    utilisation: utilisation === null ? null : Math.round(utilisation * 1000) / 1000,
  }
}
