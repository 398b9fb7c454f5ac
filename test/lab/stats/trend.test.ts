import { expect, test } from 'vitest'
import { trendP } from '../../../lab/stats/trend.ts'

test('a monotonic rise and a monotonic fall are equally significant trends', () => {
  const rise = Array.from({ length: 15 }, (_, i) => i)
  // S = 105: z = 104 / sqrt(15 * 14 * 35 / 18) = 5.147.
  expect(trendP(rise)).toBeLessThan(1e-6)
  expect(trendP(rise.toReversed())).toBe(trendP(rise))
  expect(trendP(rise.map(Math.exp))).toBe(trendP(rise))
})

test('equal values, and values that rise as often as they fall, have no trend', () => {
  expect(trendP([3, 3, 3, 3, 3])).toBe(1)
  expect(trendP([1, 2, 1, 2, 1, 2, 1])).toBeCloseTo(1, 6)
  expect(trendP([])).toBe(1)
})

test('the variance is corrected for ties', () => {
  // S is 12, its variance (6 * 5 * 17 - 3 * 2 * 1 * 9) / 18 = 25.33: z = 11 / 5.033.
  expect(trendP([1, 1, 2, 2, 3, 3])).toBeCloseTo(0.02885, 4)
})

test('agrees with the exact distribution within 0.01', () => {
  // S is 22 of at most 28. Of the 40,320 orders of 8 values 0.55 % have an S of 22 or more, or of -22 or less.
  expect(Math.abs(trendP([1, 2, 3, 4, 5, 8, 7, 6]) - 0.0055)).toBeLessThan(0.01)
})
