import { expect, test } from 'vitest'
import { mapInSlices } from '../../src/http/slices.ts'

test('a long page is made in slices, in order, and others run in between', async () => {
  let now = 0
  let others = 0
  const seen: number[] = []
  const other = () => {
    others += 1
    if (seen.length < 20) setImmediate(other)
  }
  setImmediate(other)
  const page = await mapInSlices(
    Array.from({ length: 20 }, (_, index) => index),
    (index) => {
      now += 2
      seen.push(others)
      return index * 10
    },
    () => now,
  )
  expect(page).toEqual(Array.from({ length: 20 }, (_, index) => index * 10))
  // Three items of 2 ms in each slice.
  expect(Object.values(Object.groupBy(seen, (turn) => turn)).map((slice) => slice?.length)).toEqual(
    [3, 3, 3, 3, 3, 3, 2],
  )
})

test('a short page is made at once', async () => {
  let turns = 0
  setImmediate(() => {
    turns += 1
  })
  expect(
    await mapInSlices(
      [1, 2, 3],
      (value) => value + 1,
      () => 0,
    ),
  ).toEqual([2, 3, 4])
  expect(turns).toBe(0)
})
