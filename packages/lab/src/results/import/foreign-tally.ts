import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  percentileMs,
  summariseHistogram,
} from '../../stats/histogram.ts'
import type { ImportedResult } from '../imported-result.ts'

type Series = ImportedResult['series'][number]

interface Tally {
  count: number
  failed: number | null
  readonly times: Histogram
}

/** Counts what a foreign file says, by operation and by interval. */
export interface ForeignTally {
  readonly operations: Map<string, Tally>
  /** By the start of the interval, seconds. */
  readonly intervals: Map<number, Tally & { length_s: number }>
}

export function createForeignTally(): ForeignTally {
  return { operations: new Map(), intervals: new Map() }
}

/** The entry of a key, made when it is first asked for. */
export function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** @param judged whether the file says which operations failed */
export function emptyTally(judged: boolean): Tally {
  return { count: 0, failed: judged ? 0 : null, times: createHistogram() }
}

/** The figures of a result, computed from the counts. */
export function figuresOf(
  tally: ForeignTally,
): Pick<ImportedResult, 'overall' | 'operations' | 'series'> {
  const all = [...tally.operations.values()]
  const failed = all.some((one) => one.failed === null)
    ? null
    : all.reduce((sum, one) => sum + (one.failed ?? 0), 0)
  const overall: Tally = {
    count: all.reduce((sum, one) => sum + one.count, 0),
    failed,
    times: mergeHistograms(all.map(({ times }) => times)),
  }
  return {
    overall: summaryOf(overall),
    operations: [...tally.operations]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([operation, one]) => ({ operation, ...summaryOf(one) })),
    series: [...tally.intervals]
      .sort(([a], [b]) => a - b)
      .map(
        ([second, { length_s, count, failed, times }]): Series => ({
          second,
          length_s,
          count,
          failed,
          p50: percentileMs(times, 50, 2),
          p99: percentileMs(times, 99, 100),
          max: times.totalCount === 0 ? null : times.maxValue / 1000,
        }),
      ),
  }
}

function summaryOf({ count, failed, times }: Tally) {
  return { count, failed, time: summariseHistogram(times), histogram: encodeHistogram(times) }
}
