import { expect, test } from 'vitest'
import { signFlipP } from '../../../lab/stats/sign-flip.ts'

test('p is 1 without differences and with differences of 0', () => {
  expect(signFlipP([])).toBe(1)
  expect(signFlipP([0, 0, 0])).toBe(1)
})

test('differences of one sign give the smallest p-value', () => {
  expect(signFlipP([1, 2, 3, 4, 5])).toBe(2 / 32)
  expect(signFlipP([-0.1, -0.2, -0.3])).toBe(2 / 8)
})

test('agrees with a small case counted by hand', () => {
  // Sums of +-1 +-2 +-3 at least 4 from 0: 6, 4 and their opposites.
  expect(signFlipP([-1, 2, 3])).toBe(4 / 8)
})

test('sums that tie except for rounding errors count as ties', () => {
  expect(signFlipP([0.1, 0.2, -0.3])).toBe(1)
  expect(signFlipP([0.1, 0.1, 0.1, -0.1])).toBe(10 / 16)
})

test('the sampled test agrees with the exact test', () => {
  const differences = Array.from({ length: 18 }, (_, place) => (place % 3 === 0 ? -1 : 0.9))
  // One more difference, of no weight: 2^19 assignments, each sum twice.
  expect(Math.abs(signFlipP([...differences, 0]) - signFlipP(differences))).toBeLessThan(0.005)
})
