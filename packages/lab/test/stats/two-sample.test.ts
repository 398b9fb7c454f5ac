import { expect, test } from 'vitest'
import { normal } from '../../../../test/support/normal.ts'
import { createRandom } from '../../src/random/random.ts'
import { compareSamples, permutationP } from '../../src/stats/two-sample.ts'

function noisy(seed: number, count: number, middle: number): number[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => middle * Math.exp(0.05 * normal(random)))
}

test('the p-value is the share of splits whose means are as far apart', () => {
  // Of the 20 ways to choose 3 of 6, only the observed one and its mirror have sums as far out.
  expect(permutationP([1, 2, 3], [10, 11, 12])).toBeCloseTo(2 / 20, 12)
  expect(permutationP([1], [2])).toBe(1)
  // Unequal sizes: of the 10 pairs out of 1 to 5, only {1, 2} and {4, 5} are 3 from 2 / 5 of the total.
  expect(permutationP([1, 2], [3, 4, 5])).toBeCloseTo(2 / 10, 12)
})

test('p is 1 for equal values and for empty samples', () => {
  expect(permutationP([2, 2, 2, 2], [2, 2, 2])).toBe(1)
  expect(permutationP([], [1, 2])).toBe(1)
})

test('many values are tested by sampling, with a p-value above 0', () => {
  const p = permutationP(noisy(1, 40, 1), noisy(2, 40, 2))
  expect(p).toBeGreaterThan(0)
  expect(p).toBeLessThan(0.001)
  expect(permutationP(noisy(3, 40, 1), noisy(4, 40, 1))).toBeGreaterThan(0.05)
})

test('about 5 % of 300 comparisons without a difference are significant at 5 %', () => {
  const found = Array.from({ length: 300 }, (_, seed) =>
    permutationP(noisy(seed + 1, 8, 1).map(Math.log), noisy(seed + 9000, 8, 1).map(Math.log)),
  )
  // 15 are expected, and with a chance of 99 % from 6 to 25.
  const claimed = found.filter((p) => p <= 0.05).length
  expect(claimed).toBeLessThanOrEqual(25)
  expect(claimed).toBeGreaterThanOrEqual(6)
})

test('the ratio is that of the medians', () => {
  const { ratio, interval, p } = compareSamples([1, 2, 3, 4], [5, 10, 15])
  expect(ratio).toBe(4)
  // Fewer than six values have no interval of 95 %.
  expect(interval).toBeNull()
  // Of 35 ways, the three largest together and the three smallest are the only ones as far out by their logarithms.
  expect(p).toBeCloseTo(1 / 35, 12)
})

test('95 % intervals contain the true ratio in at least 93 of 100 comparisons', () => {
  const held = Array.from({ length: 100 }, (_, seed) => {
    const { interval } = compareSamples(noisy(seed + 1, 10, 2), noisy(seed + 5000, 10, 3))
    return interval !== null && interval.low <= 1.5 && interval.high >= 1.5
  }).filter(Boolean).length
  expect(held / 100).toBeGreaterThan(0.93)
})

test('values that are not positive are rejected', () => {
  expect(() => compareSamples([1, 0], [1])).toThrow(RangeError)
  expect(() => compareSamples([], [1])).toThrow(RangeError)
})
