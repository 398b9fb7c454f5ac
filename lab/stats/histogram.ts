import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'

export type { Histogram } from 'hdr-histogram-js'

/** Times, milliseconds. A percentile is `null` with too few samples, see `samplesFor`. */
export interface LatencySummary {
  readonly count: number
  readonly mean: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

const HIGHEST_US = 3_600_000_000
const SIGNIFICANT_DIGITS = 3

/** Counts times of 1 microsecond to 1 hour with 3 significant digits: an error of at most 0.1 %. */
export function createHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
  })
}

/** Counts one time, microseconds, clamped to the range. */
export function recordTime(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(HIGHEST_US, Math.max(0, Math.round(us))))
}

/** Merges histograms. Percentiles of several runs come from a merged histogram, never from an average. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const merged = createHistogram()
  for (const histogram of histograms) merged.add(histogram)
  return merged
}

/**
 * Minimum number of samples for a percentile: 10 / (1 - p / 100), so that ten samples are expected above it. 20 for the
 * median, 1,000 for p99, 10,000 for p99.9.
 */
export function samplesFor(percentile: number): number {
  return Math.ceil(Math.round((10 / (1 - percentile / 100)) * 1e6) / 1e6)
}

/** The percentile of a histogram of microseconds, in milliseconds; `null` below `needed` samples. */
export function percentileMs(
  histogram: Histogram,
  percentile: number,
  needed: number = samplesFor(percentile),
): number | null {
  if (histogram.totalCount < Math.max(1, needed)) return null
  return histogram.getValueAtPercentile(percentile) / 1000
}

export function summariseHistogram(histogram: Histogram): LatencySummary {
  const count = histogram.totalCount
  return {
    count,
    mean: count === 0 ? null : Math.round(histogram.mean) / 1000,
    p50: percentileMs(histogram, 50),
    p90: percentileMs(histogram, 90),
    p95: percentileMs(histogram, 95),
    p99: percentileMs(histogram, 99),
    p999: percentileMs(histogram, 99.9),
    max: count === 0 ? null : histogram.maxValue / 1000,
  }
}

/** HdrHistogram's compressed format, base64; any HdrHistogram library reads it. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram)
}

/** @throws Error when the text is not an encoded histogram */
export function decodeHistogram(text: string): Histogram {
  return decodeFromCompressedBase64(text, 32)
}
