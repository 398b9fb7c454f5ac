import { expect, test } from 'vitest'
import { holm } from '../../../lab/stats/holm.ts'

test('multiplies the smallest p-value by the number of tests, the next by one less, and is monotonic', () => {
  const adjusted = holm([0.04, 0.01, 0.03])
  expect(adjusted[1]).toBeCloseTo(0.03, 12)
  expect(adjusted[2]).toBeCloseTo(0.06, 12)
  expect(adjusted[0]).toBeCloseTo(0.06, 12)
})

test('no adjusted p-value is above 1', () => {
  expect(holm([0.9, 0.8])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})

test('a test with more weight may have a larger p-value', () => {
  // Of weights 2, 1 and 1: 0.02 * 4 / 2 first, then 0.015 * 2 / 1, then 0.5.
  const adjusted = holm([0.02, 0.015, 0.5], [2, 1, 1])
  expect(adjusted[0]).toBeCloseTo(0.04, 12)
  expect(adjusted[1]).toBeCloseTo(0.04, 12)
  expect(adjusted[2]).toBeCloseTo(0.5, 12)
  expect(holm([0.04, 0.01, 0.03], [5, 5, 5])).toEqual(holm([0.04, 0.01, 0.03]))
})
