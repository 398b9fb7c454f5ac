import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expiryOf, isVisible } from '../../src/cart/cart.ts'
import {
  type EntityId,
  idFromKey,
  idKey,
  idText,
  newCartId,
  parseCartId,
  parseEntityId,
  parseIdText,
} from '../../src/cart/ids.ts'
import { toDecimal, toMinorUnits } from '../../src/cart/money.ts'

describe('customer and product ids', () => {
  const LARGEST = Number.MAX_SAFE_INTEGER
  const GOOGLE_SUB = '110248495921238986420'

  it.each([1, 42, LARGEST, '42', '0042', '0', '-1', '1.5', GOOGLE_SUB, '"42"', 'anna'])(
    '%j is an id as it is',
    (id) => {
      expect(parseEntityId(id)).toBe(id)
    },
  )

  it.each([0, -1, 1.5, LARGEST + 1, '', 'x'.repeat(65), 'a\u0000', '.', '..', null, true, {}, [7]])(
    '%j is not an id',
    (value) => {
      expect(parseEntityId(value)).toBeUndefined()
    },
  )

  it.each<[string, EntityId]>([
    ['42', 42],
    ['"42"', '42'],
    ['""42""', '"42"'],
    ['"42', '"42'],
    ['0042', '0042'],
    ['"0042"', '"0042"'],
    ['0', '0'],
    [`${LARGEST}`, LARGEST],
    [`"${LARGEST}"`, `${LARGEST}`],
    [`${LARGEST + 1}`, `${LARGEST + 1}`],
    [GOOGLE_SUB, GOOGLE_SUB],
    ['anna', 'anna'],
    ['"anna"', '"anna"'],
  ])('the text %s in a URL is the id %j', (text, id) => {
    expect(parseIdText(text)).toBe(id)
    expect(idText(id)).toBe(text)
  })

  it('keep the meaning of the keys that were stored when a string of digits was an integer', () => {
    for (const [key, id] of [
      ['42', 42],
      [`${LARGEST}`, LARGEST],
      ['anna', 'anna'],
      ['"42"', '"42"'],
      ['-1', '-1'],
    ] as const) {
      expect(idFromKey(key)).toBe(id)
      expect(idKey(id)).toBe(key)
    }
    expect(['42', '0042', GOOGLE_SUB].map(idKey)).toEqual(['042', '00042', `0${GOOGLE_SUB}`])
  })

  it('can all be addressed in a URL', () => {
    expect(['.', '..'].map(parseEntityId)).toEqual([undefined, undefined])
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '%', '2', 'e', 'a', '/') }), (text) => {
        const id = parseEntityId(text)
        if (id === undefined) return
        const url = new URL(`http://x/items/${encodeURIComponent(idText(id))}`)
        const [, items, received = ''] = url.pathname.split('/').map(decodeURIComponent)
        expect([items, parseIdText(received)]).toEqual(['items', id])
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  /** Ids that are likely to be mistaken for one another, and any others. */
  const ids = fc
    .oneof(
      fc.string({ unit: fc.constantFrom('0', '1', '9', '"'), maxLength: 20 }),
      fc.integer({ min: 1, max: 99 }),
      fc.maxSafeNat(),
      fc.string(),
      fc.string({ unit: 'binary' }),
    )
    .filter((value) => parseEntityId(value) !== undefined)

  it('are restored from their key, their text and their JSON', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(idFromKey(idKey(id))).toBe(id)
        expect(parseIdText(idText(id))).toBe(id)
        expect(JSON.parse(JSON.stringify(id))).toBe(id)
        expect(Buffer.from(idKey(id)).toString()).toBe(idKey(id))
      }),
      { seed: 1, numRuns: 5000 },
    )
  })

  it('have different keys and texts', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        expect(idKey(a) === idKey(b)).toBe(a === b)
        expect(idText(a) === idText(b)).toBe(a === b)
      }),
      {
        seed: 1,
        numRuns: 5000,
        examples: [
          [42, '42'],
          ['42', '042'],
          ['42', '"42"'],
        ],
      },
    )
  })

  it('of carts sort by creation', () => {
    const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map(newCartId)
    expect([...ids].sort()).toEqual(ids)
    expect(ids.map(parseCartId)).toEqual(ids)
    expect(parseCartId(`${ids[0]}x`)).toBeUndefined()
  })
})

describe('money', () => {
  it('is restored from its decimal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 12 }),
        fc.constantFrom(0, 2, 3, 4),
        (minor, digits) => {
          expect(toMinorUnits(toDecimal(minor, digits), digits)).toBe(minor)
        },
      ),
      { seed: 1, numRuns: 2000 },
    )
  })

  it.each([
    ['19.99', 2, 1999],
    ['19.9', 2, 1990],
    [0.1, 2, 10],
    ['19.990', 2, 1999],
    ['19.999', 2, undefined],
    ['5', 0, 5],
    ['5.5', 0, undefined],
    ['-1', 2, undefined],
    ['1e3', 2, undefined],
    ['', 2, undefined],
    [Number.NaN, 2, undefined],
    ['99999999999999', 2, undefined],
  ])('%s with %i decimals is %s', (amount, digits, minor) => {
    expect(toMinorUnits(amount, digits)).toBe(minor)
  })
})

describe('expiry', () => {
  it('is a whole second, never early, and less than a second late', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 1, max: 1e7 }),
        (now, ttl) => {
          const at = expiryOf(now, ttl)
          expect(at % 1000).toBe(0)
          expect(at - (now + ttl * 1000)).toBeGreaterThanOrEqual(0)
          expect(at - (now + ttl * 1000)).toBeLessThan(1000)
          expect(isVisible({ expiresAt: at }, at - 1) && !isVisible({ expiresAt: at }, at)).toBe(
            true,
          )
        },
      ),
      { seed: 1 },
    )
  })
})
