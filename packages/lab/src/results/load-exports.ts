import { HistogramLogWriter } from 'hdr-histogram-js'
import { decodeHistogram } from '../stats/histogram.ts'
import type { LoadResult } from './load-result.ts'

/** Microseconds of the histograms in a millisecond, the unit of the exported files. */
const US_PER_MS = 1000
/** Lines of a percentile distribution for each halving of the distance to 100 %, as HdrHistogram writes them. */
const TICKS_PER_HALF = 5

/** A percentile distribution (`.hgrm`) in milliseconds, as HdrHistogram's plotter reads it. */
export function percentileDistribution(histogram: string): string {
  return decodeHistogram(histogram).outputPercentileDistribution(TICKS_PER_HALF, US_PER_MS)
}

/**
 * The response times of every second as an HdrHistogram log (`.hlog`); `null` if the result does not have them. Values
 * are microseconds, maxima milliseconds.
 */
export function histogramLog({ series, started_at }: LoadResult): string | null {
  const kept = series.filter(({ response_times }) => response_times !== undefined)
  if (kept.length === 0) return null
  let log = ''
  const writer = new HistogramLogWriter((text) => {
    log += text
  })
  writer.outputLogFormatVersion()
  writer.outputStartTime(Date.parse(started_at))
  writer.outputLegend()
  for (const { second, response_times } of kept)
    writer.outputIntervalHistogram(
      decodeHistogram(response_times ?? ''),
      second,
      second + 1,
      US_PER_MS,
    )
  return log
}

const COLUMNS = [
  'second',
  'count',
  'ended',
  'errors',
  'p50',
  'p99',
  'max',
  'lag_max',
  'utilisation',
] as const

/** One line per second of a run, with a header; empty where nothing was measured. Times are milliseconds. */
export function intervalsCsv({ series }: LoadResult): string {
  const rows = series.map((row) => COLUMNS.map((column) => row[column] ?? '').join(','))
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`
}
