import { expect, test } from 'vitest'
import { contest } from '../../../lab/report/contest.ts'
import { runOf } from '../../../lab/report/records.ts'
import { records } from './fixtures.ts'

function compare(timeOfA: (index: number) => number, timeOfB: (index: number) => number) {
  const all = [...records('a', timeOfA), ...records('b', timeOfB)]
  return contest(runOf(all, 'a'), runOf(all, 'b'), 'average')
}

test('the lower one wins, and the margin is the time it took less', () => {
  expect(
    compare(
      () => 3,
      () => 4,
    ),
  ).toEqual({ a: 3, b: 4, winner: 'a', lessBy: 25 })
  expect(
    compare(
      () => 4,
      () => 3,
    ),
  ).toEqual({ a: 4, b: 3, winner: 'b', lessBy: 25 })
})

test('less than 5 % is no clear difference', () => {
  expect(
    compare(
      () => 95.1,
      () => 100,
    ).winner,
  ).toBeNull()
  expect(
    compare(
      () => 94.9,
      () => 100,
    ).winner,
  ).toBe('a')
})

test('a difference that only one half of the run shows is no clear difference', () => {
  const slowStart = (index: number) => (index < 25 ? 9 : 1)
  expect(compare(slowStart, () => 2)).toMatchObject({ a: 5, b: 2, winner: null, lessBy: 60 })
})

test('the halves are those of each operation, so neither half lacks one', () => {
  const { halves } = runOf(
    records('a', (index) => index),
    'a',
  )
  for (const half of halves) expect(new Set(half.map(({ operation }) => operation)).size).toBe(3)
  expect(halves.map((half) => Math.max(...half.map((r) => r.response_time)))).toEqual([24, 49])
})
