import { describe, expect, it } from 'vitest'
import { BUCKETS, bucketOf, msOf, percentile } from '../../src/live/buckets.ts'

describe('latency buckets', () => {
  it('represent a latency within 4.5 %', () => {
    for (let ms = 0.06; ms < 50_000; ms *= 1.013)
      expect(Math.abs(msOf(bucketOf(ms)) / ms - 1)).toBeLessThan(0.045)
  })

  it('hold everything, also below and above their range', () => {
    expect([0, -1, 0.05].map(bucketOf)).toEqual([0, 0, 0])
    expect(bucketOf(1e9)).toBe(BUCKETS - 1)
  })

  it('give percentiles by nearest rank', () => {
    const counts = new Uint32Array(BUCKETS)
    counts[bucketOf(1)] = 98
    counts[bucketOf(100)] = 2
    expect(percentile(counts, 0.5)).toBe(msOf(bucketOf(1)))
    expect(percentile(counts, 0.98)).toBe(msOf(bucketOf(1)))
    expect(percentile(counts, 0.99)).toBe(msOf(bucketOf(100)))
    expect(percentile(new Uint32Array(BUCKETS), 0.5)).toBeNull()
  })
})
