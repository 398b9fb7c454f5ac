import { describe, expect, it } from 'vitest'
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  mergeHistograms,
  recordTime,
  samplesFor,
  summariseHistogram,
} from '../../lab/stats/histogram.ts'

const histogramOf = (times: readonly number[]) => {
  const histogram = createHistogram()
  for (const time of times) recordTime(histogram, time)
  return histogram
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => (i + 1) * 100)

describe('a histogram', () => {
  it('gives percentiles in milliseconds to 0.1 %', () => {
    const summary = summariseHistogram(histogramOf(upTo(10_000)))
    const exact = { p50: 500, p90: 900, p95: 950, p99: 990, p999: 999, max: 1000, mean: 500 }
    for (const [name, value] of Object.entries(exact))
      expect(Math.abs((summary[name as 'p50'] ?? 0) / value - 1)).toBeLessThan(0.001)
  })

  it('has a percentile only when ten samples are expected beyond it', () => {
    expect([50, 90, 95, 99, 99.9].map(samplesFor)).toEqual([20, 100, 200, 1000, 10_000])
    const { p50, p90, p99, max } = summariseHistogram(histogramOf(upTo(99)))
    expect([p50 === null, p90, p99, max === null]).toEqual([false, null, null, false])
    expect(summariseHistogram(histogramOf(upTo(100))).p90).not.toBeNull()
  })

  it('without samples has no figures', () => {
    expect(summariseHistogram(createHistogram())).toEqual({
      count: 0,
      mean: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
    })
  })

  it('merged with another is that of all samples, unlike an average of their percentiles', () => {
    const [fast, slow] = [upTo(1000), upTo(1000).map((time) => time * 50)]
    const merged = mergeHistograms([histogramOf(fast), histogramOf(slow)])
    expect(summariseHistogram(merged)).toEqual(summariseHistogram(histogramOf([...fast, ...slow])))
  })

  it('survives being written and read, its maximum to 0.1 %', () => {
    const times = histogramOf([...upTo(1000), 0, 3_600_000_000, 9e12])
    const { max: exact, ...others } = summariseHistogram(times)
    const { max, ...read } = summariseHistogram(decodeHistogram(encodeHistogram(times)))
    expect(read).toEqual(others)
    expect(Math.abs((max ?? 0) / (exact ?? 1) - 1)).toBeLessThan(0.001)
  })

  it('that is damaged is refused', () => {
    expect(() => decodeHistogram('bm9uc2Vuc2U=')).toThrow()
  })
})
