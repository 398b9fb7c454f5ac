/**
 * Counts of times in buckets that grow by 2.2 %: those of OpenTelemetry's exponential histograms at scale 5, where bucket
 * `index` holds the times above 2^(index/32) and up to 2^((index + 1)/32). Small enough to be sent while a load runs;
 * counts of several generators are added.
 */
export type LogBuckets = readonly (readonly [index: number, count: number])[]

export const LOG_SCALE = 5
const PER_DOUBLING = 2 ** LOG_SCALE

export function createLogBuckets() {
  const counts = new Map<number, number>()
  return {
    /** Counts a time of at least one unit; shorter ones count as one. */
    record(time: number): void {
      const index = Math.ceil(Math.log2(Math.max(1, time)) * PER_DOUBLING) - 1
      counts.set(index, (counts.get(index) ?? 0) + 1)
    },
    counts: (): LogBuckets => [...counts].sort(([a], [b]) => a - b),
  }
}

export function addLogBuckets(all: readonly LogBuckets[]): LogBuckets {
  const counts = new Map<number, number>()
  for (const [index, count] of all.flat()) counts.set(index, (counts.get(index) ?? 0) + count)
  return [...counts].sort(([a], [b]) => a - b)
}

/** The upper end of the bucket with the percentile, up to 2.2 % above it; `null` below `needed` samples. */
export function logPercentile(
  buckets: LogBuckets,
  percentile: number,
  needed: number,
): number | null {
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  if (total < Math.max(1, needed)) return null
  let below = 0
  for (const [index, count] of buckets) {
    below += count
    if (below >= (percentile / 100) * total) return 2 ** ((index + 1) / PER_DOUBLING)
  }
  return null
}
