import { expect, test } from 'vitest'
import { proseText } from '../../src/page/document.ts'
import { createRandom } from '../../src/random/random.ts'
import { contest } from '../../src/report/contest.ts'
import { findingsOf } from '../../src/report/verdict.ts'
import { runOf } from '../../src/results/records.ts'
import { records, side } from './fixtures.ts'

function compare(timeOfA: (index: number) => number, timeOfB: (index: number) => number) {
  const all = [...records('a', timeOfA), ...records('b', timeOfB)]
  return contest(runOf(all, 'a'), runOf(all, 'b'), 'average')
}

const compareTimes = (a: number, b: number) =>
  compare(
    () => a,
    () => b,
  )

test('the lower value wins, by a margin relative to the higher value', () => {
  expect(compareTimes(3, 4)).toEqual({ a: 3, b: 4, winner: 'a', lessBy: 25 })
  expect(compareTimes(4, 3)).toEqual({ a: 4, b: 3, winner: 'b', lessBy: 25 })
})

test('rounding errors of averages are no difference', () => {
  const { a, b, lessBy } = compare(
    (index) => (index % 2 === 0 ? 0.1 : 0.7),
    (index) => (index % 2 === 0 ? 0.3 : 0.5),
  )
  expect(a).not.toBe(b)
  expect(lessBy).toBe(0)
})

test('less than 5 % is no clear difference', () => {
  expect(compareTimes(95.1, 100).winner).toBeNull()
  expect(compareTimes(94.9, 100).winner).toBe('a')
})

test('a difference caused by few pairs is no clear difference', () => {
  const outliers = (index: number) => (index < 1 ? 60 : 2)
  expect(compare(outliers, () => 2)).toMatchObject({ winner: null })
})

test('a target whose operations all failed has no times', () => {
  const all = records('b', () => 1).map((record) => ({ ...record, success: false }))
  const run = runOf(
    records('a', () => 2),
    'a',
  )
  expect(contest(run, { all }, 'p50')).toEqual({ a: 2, b: null, winner: null, lessBy: null })
})

/** Headlines of seeded comparisons; times are lognormal with outliers and a drift common to both targets. */
function headlines(comparisons: number, ratio: number): string[] {
  return Array.from({ length: comparisons }, (_, seed) => {
    const random = createRandom(1000 + seed)
    const fraction = () => random.integer(1, 1_000_000) / 1_000_001
    const normal = () => Math.sqrt(-2 * Math.log(fraction())) * Math.cos(2 * Math.PI * fraction())
    const drift = Array.from({ length: 50 }, (_, n) => 1 + 0.5 * Math.sin(n / 7 + seed))
    const timeOf = (scale: number) => (index: number) =>
      scale * (drift[index] ?? 1) * Math.exp(0.3 * normal()) * (fraction() < 0.03 ? 8 : 1)
    const [a, b] = [side('a', 'A'), side('b', 'B')]
    const all = [...records('a', timeOf(20)), ...records('b', timeOf(20 * ratio))]
    const opponents = [a, b].map((one, place) => ({ side: one, place, run: runOf(all, one.key) }))
    const [first, second] = opponents
    if (first === undefined || second === undefined) return ''
    return proseText(findingsOf([first, second], [], null).speed)
  })
}

test('A/A comparisons have a winner in at most 5 % of 200 headlines', { timeout: 60_000 }, () => {
  const wins = headlines(200, 1).filter((headline) => !headline.startsWith('No clear difference'))
  expect(wins.length).toBeLessThanOrEqual(10)
})

test('a difference of 30 % is found in at least 95 % of 200 headlines', { timeout: 60_000 }, () => {
  const found = headlines(200, 1.3).filter((headline) =>
    /^A was [\d.]+ times as fast/.test(headline),
  )
  expect(found.length).toBeGreaterThanOrEqual(190)
})
