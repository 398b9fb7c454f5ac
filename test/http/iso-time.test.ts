import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isoTime } from '../../src/http/iso-time.ts'

const LAST = 8.64e15

it('isoTime returns the same string as Date', () => {
  const expected = (time: number) => new Date(time).toISOString()
  for (const time of [0, -1, 999, 86_399_999, 86_400_000, LAST, -LAST, Date.UTC(2024, 1, 29)])
    expect(isoTime(time)).toBe(expected(time))
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -LAST, max: LAST })),
      (time) => {
        expect(isoTime(time)).toBe(expected(time))
      },
    ),
    { seed: 1, numRuns: 5000 },
  )
})

it('an invalid time throws, as with Date', () => {
  for (const time of [Number.NaN, 2 * LAST, Number.POSITIVE_INFINITY])
    expect(() => isoTime(time)).toThrow(RangeError)
})
