import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MINOR_DIGITS, nearestCodes } from '../../src/cart/iso-4217.ts'
import { currencyOf } from '../../src/cart/money.ts'

/** The codes that have so many decimals. */
const codesOf = (digits: number) =>
  [...MINOR_DIGITS].filter(([, each]) => each === digits).map(([code]) => code)

/** Of the codes in alphabetical order, so that a check does not depend on how the table is written. */
const checksum = (codes: readonly string[]) =>
  createHash('sha256').update(codes.toSorted().join(' ')).digest('hex').slice(0, 16)

describe('the table of ISO 4217', () => {
  // Counts and checksums of list one of 1 January 2026, without the 13 entries that have no minor unit.
  it.each([
    [0, 17, 'ca225dd4bbda995c'],
    [2, 139, 'bd235c5410e58b9a'],
    [3, 7, '8ca4f1d23b3b5e84'],
    [4, 2, 'c664d87a546859f6'],
  ])('has with %i decimals the %i currencies of the standard', (digits, count, sum) => {
    expect(codesOf(digits)).toHaveLength(count)
    expect(checksum(codesOf(digits))).toBe(sum)
  })

  it('has no other currency and none twice', () => {
    expect(MINOR_DIGITS.size).toBe(17 + 139 + 7 + 2)
    for (const code of MINOR_DIGITS.keys()) expect(code).toMatch(/^[A-Z]{3}$/)
  })

  it.each([
    // Those whose decimals differ from CLDR in some or all releases of Node.js.
    ['COP', 2],
    ['HUF', 2],
    ['RSD', 2],
    ['IQD', 3],
    ['IRR', 2],
    ['LBP', 2],
    ['PKR', 2],
    ['TZS', 2],
    ['UGX', 0],
    ['ISK', 0],
    // The others of special length, and recent amendments.
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['UYW', 4],
    ['UYI', 0],
    ['SLE', 2],
    ['VED', 2],
    ['XAD', 2],
    ['XCG', 2],
    ['ZWG', 2],
  ])('%s has %i decimals', (code, digits) => {
    expect(currencyOf(code)).toEqual({ code, digits })
  })

  it.each(['ANG', 'BGN', 'CUC', 'DEM', 'HRK', 'SLL', 'ZWL', 'XAU', 'XTS', 'XXX'])(
    'does not have %s, which is withdrawn or has no minor unit',
    (code) => {
      expect(() => currencyOf(code)).toThrow(RangeError)
    },
  )

  it.each([
    ['USB', ['USD', 'USN']],
    ['EUO', ['EUR']],
    ['BGN', ['BTN', 'BYN', 'NGN']],
  ])('the nearest to %s are %j', (code, nearest) => {
    expect(nearestCodes(code).slice(0, nearest.length)).toEqual(nearest)
  })
})
