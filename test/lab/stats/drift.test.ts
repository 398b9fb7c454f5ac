import { expect, test } from 'vitest'
import { driftOf } from '../../../lab/stats/drift.ts'
import { median } from '../../../lab/stats/median.ts'

test('a steady rise is reported as a share of the median and is significant', () => {
  const drift = driftOf([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  expect(drift?.change).toBeCloseTo(10 / 15, 12)
  expect(drift?.p).toBeLessThan(0.001)
})

test('a single outlier block is no drift', () => {
  const drift = driftOf([10, 10, 10, 40, 10, 10, 10, 10])
  expect(drift?.change).toBe(0)
  expect(drift?.p).toBeCloseTo(1, 6)
})

test('agrees with the published p-value of a small case', () => {
  // S = 4 of 4 values in order but one pair: z = 3 / sqrt(8.667), two-sided p 0.308.
  expect(driftOf([1, 2, 4, 3])?.p).toBeCloseTo(0.3082, 3)
})

test('too few blocks give no trend', () => {
  expect(driftOf([1, 2, 3])).toBeNull()
})

test('the median of an even number of values is the mean of the two middle ones', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
  expect(() => median([])).toThrow(RangeError)
})
