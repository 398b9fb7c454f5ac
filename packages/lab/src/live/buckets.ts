/**
 * Latency buckets that a browser can draw: eight per factor of two, from 0.05 ms to 54 s. The relative error of a
 * percentile is at most half a bucket, 4.5 %.
 */
export const BUCKETS = 162
const FIRST_MS = 0.05
const PER_OCTAVE = 8

/** The bucket of a latency in milliseconds. */
export function bucketOf(ms: number): number {
  const bucket = Math.floor(Math.log2(Math.max(ms, FIRST_MS) / FIRST_MS) * PER_OCTAVE)
  return Math.min(BUCKETS - 1, bucket)
}

/** Geometric middle of a bucket, milliseconds. */
export function msOf(bucket: number): number {
  return FIRST_MS * 2 ** ((bucket + 0.5) / PER_OCTAVE)
}

/**
 * A percentile by nearest rank, milliseconds; `null` without samples.
 *
 * @param counts by bucket
 * @param share  such as 0.99
 */
export function percentile(counts: ArrayLike<number>, share: number): number | null {
  let total = 0
  for (let at = 0; at < counts.length; at++) total += counts[at] ?? 0
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(share * total))
  let seen = 0
  for (let at = 0; at < counts.length; at++) {
    seen += counts[at] ?? 0
    if (seen >= rank) return msOf(at)
  }
  return msOf(counts.length - 1)
}
