import { describe, expect, it } from 'vitest'
import { openTally } from '../../src/run/move/tally.ts'

const NOTHING = { moved: 0, movedByOthers: 0, seen: 0, away: 0, tooLarge: [], failed: 0 }
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
    tally.update({ ...NOTHING, moved: 30, movedByOthers: 25 }, 1000)
    expect(tally.progress).toMatchObject({ moved: 55, total: 120 })
    tally.include({ moved: 90, total: 120, tooLarge: 2, rate: 1 })
    expect(tally.progress).toMatchObject({ moved: 90, total: 120, tooLarge: 2 })
  })

  it('never fall', () => {
    const tally = begin()
    tally.update({ ...NOTHING, moved: 10, movedByOthers: 50 }, 1000)
    tally.include({ moved: 12, total: 100, tooLarge: 0, rate: 1 })
    expect(tally.progress.moved).toBe(60)
  })

  it('are complete after the last pass, although carts have expired', () => {
    const tally = begin({ before: 10 })
    tally.update({ ...NOTHING, moved: 20, tooLarge: ['a'] }, 1000)
    tally.finish({ ...NOTHING, moved: 20, tooLarge: ['a'] }, 70)
    expect(tally.progress).toMatchObject({ moved: 70, total: 71, tooLarge: 1 })
    expect(tally.secondsLeft).toBe(0)
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
    const tally = begin({ limit: 0.5 })
    expect(tally.secondsLeft).toBe(200)
    tally.update(NOTHING, 59_000)
    expect(tally.secondsLeft).toBe(200)
    tally.update(NOTHING, 61_000)
    expect(tally.secondsLeft).toBeNull()
  })

  it('do not wait for carts that are too large', () => {
    const tally = begin({ total: 12 })
    tally.update({ ...NOTHING, moved: 10, tooLarge: ['a', 'b'] }, 1000)
    expect(tally.secondsLeft).toBe(0)
  })
})
