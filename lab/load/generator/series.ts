import { createHistogram, type Histogram, percentileMs, recordTime } from '../../stats/histogram.ts'
import type { OutcomeKind } from '../load-result.ts'

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
  settled: { p50: number | null; p99: number | null; max: number | null } | undefined
}

const NOT_ERRORS: ReadonlySet<OutcomeKind> = new Set(['ok', 'interrupted'])

/** One row for each second. Only seconds that can still change hold a histogram. */
export function createSeries(): Series {
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
      p50: percentileMs(times, 50, 2),
      p99: percentileMs(times, 99, 100),
      max: times.totalCount === 0 ? null : times.maxValue / 1000,
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

function rowOf(open: Open, second: number): Second {
  const { count, ended, errors, lagMax, utilisation, settled } = open
  return {
    second,
    count,
    ended,
    errors,
    p50: settled?.p50 ?? null,
    p99: settled?.p99 ?? null,
    max: settled?.max ?? null,
    lag_max: Math.round(lagMax) / 1000,
    utilisation: utilisation === null ? null : Math.round(utilisation * 1000) / 1000,
  }
}
