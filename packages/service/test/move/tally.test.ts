import { describe, expect, it } from 'vitest'
import { openTally } from '../../src/run/move/tally.ts'

const NOTHING = { moved: 0, seen: 0, arrived: 0, tooLarge: [], failed: 0 }
const begin = (more: object = {}) =>
  openTally({ before: 0, total: 100, recorded: null, limit: undefined, now: 0, ...more })

describe('the counts of a move', () => {
  it('go on where the last mover has stopped', () => {
    const tally = begin({ before: 40 })
    tally.update({ ...NOTHING, moved: 10 }, 1000)
    expect(tally.progress).toEqual({ moved: 50, total: 100, tooLarge: 0, rate: 10 })
    expect(tally.secondsLeft).toBe(5)
  })

  it('include what others have moved, as it is found or recorded', () => {
    const tally = begin({ recorded: { moved: 20, total: 120, tooLarge: 0, rate: 1 } })
    expect(tally.progress).toMatchObject({ moved: 20, total: 120 })
    tally.update({ ...NOTHING, moved: 30, arrived: 90 }, 1000)
    expect(tally.progress).toMatchObject({ moved: 90, total: 120 })
  })

  it('never fall', () => {
    const tally = begin()
    tally.update({ ...NOTHING, moved: 10, arrived: 60 }, 1000)
    tally.update({ ...NOTHING, moved: 11, arrived: 1 }, 2000)
    expect(tally.progress.moved).toBe(60)
  })

  it('have the rate of the last minute', () => {
    const tally = begin({ total: 1000 })
    for (let second = 1; second <= 60; second += 1)
      tally.update({ ...NOTHING, moved: 10 * second }, second * 1000)
    for (let second = 61; second <= 121; second += 1)
      tally.update({ ...NOTHING, moved: 600 + (second - 60) }, second * 1000)
    expect(tally.progress.rate).toBeCloseTo(1)
  })

  it('show the time left by the limit until a cart has moved', () => {
    expect(begin().secondsLeft).toBeNull()
    expect(begin({ limit: 0.5 }).secondsLeft).toBe(200)
  })

  it('do not wait for carts that are too large', () => {
    const tally = begin({ total: 12 })
    tally.update({ ...NOTHING, moved: 10, tooLarge: ['a', 'b'] }, 1000)
    expect(tally.secondsLeft).toBe(0)
  })
})
