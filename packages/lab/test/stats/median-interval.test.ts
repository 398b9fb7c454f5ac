import { expect, test } from 'vitest'
import { normal, openFraction } from '../../../../test/support/normal.ts'
import { createRandom } from '../../src/random/random.ts'
import { median } from '../../src/stats/median.ts'
import { medianInterval } from '../../src/stats/median-interval.ts'
import { normalCdf, studentQuantile975 } from '../../src/stats/normal.ts'

test('the interval of a median contains it, lies within the values, and is deterministic', () => {
  const values = [1.1, 0.9, 1.05, 1, 0.97, 1.2, 1.03, 0.99]
  const interval = medianInterval(values)
  expect(interval?.low).toBeLessThan(median(values))
  expect(interval?.high).toBeGreaterThan(median(values))
  expect(interval?.low).toBeGreaterThanOrEqual(0.9)
  expect(interval?.high).toBeLessThanOrEqual(1.2)
  expect(medianInterval(values)).toEqual(interval)
})

test('fewer than six values have no interval: the range of five covers only 94 %', () => {
  expect(medianInterval([1, 2, 3, 4, 5])).toBeNull()
  expect(medianInterval([1, 2, 3, 4, 5, 6])).not.toBeNull()
  expect(medianInterval([])).toBeNull()
})

test.each([
  ['normal', 10],
  ['normal', 7],
  ['skewed', 10],
] as const)(
  'intervals of 95 hold the true median of %s values in as many of 100 samples of %i',
  (shape, n) => {
    const samples = 400
    const held = Array.from({ length: samples }, (_, seed) => {
      const random = createRandom(seed)
      const draw = () =>
        shape === 'normal' ? normal(random) : -Math.log(openFraction(random)) - Math.LN2
      const interval = medianInterval(Array.from({ length: n }, draw))
      return interval !== null && interval.low <= 0 && interval.high >= 0
    }).filter(Boolean).length
    // Three standard deviations below 95 % of 400 are 92 %, what the plain percentile interval reaches.
    expect(held / samples).toBeGreaterThan(0.93)
  },
)

test('quantiles of the normal and of Student’s distribution agree with published tables', () => {
  expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6)
  expect(normalCdf(-1.959964)).toBeCloseTo(0.025, 6)
  for (const [degrees, quantile] of [
    [5, 2.571],
    [9, 2.262],
    [30, 2.042],
  ] as const)
    expect(studentQuantile975(degrees) / quantile).toBeCloseTo(1, 2)
})
