import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentile } from '../../../lab/stats/percentile.ts'

const values = fc
  .array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 200 })
  .map((list) => list.sort((a, b) => a - b))
const percent = fc.double({ noNaN: true, min: 0, max: 100 })

describe('percentile', () => {
  it('is the nearest rank, as calculated by hand', () => {
    const five = [15, 20, 35, 40, 50]
    expect([5, 30, 40, 50, 100].map((p) => percentile(five, p))).toEqual([15, 20, 20, 35, 50])
    const fifty = Array.from({ length: 50 }, (_, i) => i + 1)
    expect([50, 95, 99].map((p) => percentile(fifty, p))).toEqual([25, 48, 50])
    const hundredAndFifty = Array.from({ length: 150 }, (_, i) => i + 1)
    expect([50, 95, 99].map((p) => percentile(hundredAndFifty, p))).toEqual([75, 143, 149])
  })

  it('is the p-th of 100 values for every whole p, despite rounding errors', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1)
    for (let p = 1; p <= 100; p++) expect(percentile(hundred, p)).toBe(p)
  })

  it('is the smallest value that at least p percent of the values do not exceed', () => {
    fc.assert(
      fc.property(values, percent, (sorted, p) => {
        const value = percentile(sorted, p)
        const shareOf = (limit: number) => sorted.filter((other) => other <= limit).length * 100
        expect(sorted).toContain(value)
        expect(shareOf(value)).toBeGreaterThanOrEqual(p * sorted.length)
        const smaller = sorted.filter((other) => other < value).at(-1)
        if (smaller !== undefined) expect(shareOf(smaller)).toBeLessThan(p * sorted.length)
      }),
    )
  })

  it('rises monotonically with p from the minimum to the maximum', () => {
    fc.assert(
      fc.property(values, percent, percent, (sorted, p, q) => {
        const [low, high] = [percentile(sorted, Math.min(p, q)), percentile(sorted, Math.max(p, q))]
        expect(low).toBeLessThanOrEqual(high)
        expect(percentile(sorted, 0)).toBe(sorted[0])
        expect(percentile(sorted, 100)).toBe(sorted.at(-1))
      }),
    )
  })

  it('rejects empty samples and a p out of range', () => {
    expect(() => percentile([], 50)).toThrow(RangeError)
    for (const p of [-1, 101, Number.NaN]) expect(() => percentile([1], p)).toThrow(RangeError)
  })
})
