import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expiryOf, isVisible } from '../../src/cart/cart.ts'
import { idFromKey, idKey, newCartId, parseCartId, parseEntityId } from '../../src/cart/ids.ts'
import { toDecimal, toMinorUnits } from '../../src/cart/money.ts'

describe('customer and product ids', () => {
  it('a string of digits is the integer', () => {
    expect(['7', '007', 7].map(parseEntityId)).toEqual([7, 7, 7])
    expect(['0', '9007199254740992', '99999999999999999999'].map(parseEntityId)).toEqual(
      Array(3).fill(undefined),
    )
  })

  it('can all be addressed in a URL', () => {
    expect(['.', '..'].map(parseEntityId)).toEqual([undefined, undefined])
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('.', '%', '2', 'e', 'a', '/') }), (text) => {
        const id = parseEntityId(text)
        if (id === undefined) return
        const url = new URL(`http://x/items/${encodeURIComponent(id)}`)
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'items', String(id)])
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  it('are restored from their key', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.string(), fc.string({ unit: 'binary' })), (value) => {
        const id = parseEntityId(value)
        if (id === undefined) return
        expect(idFromKey(idKey(id))).toBe(id)
        expect(parseEntityId(id)).toBe(id)
        expect(JSON.parse(JSON.stringify(id))).toBe(id)
        expect(Buffer.from(String(id)).toString()).toBe(String(id))
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  it('have different keys', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        const [x, y] = [parseEntityId(a), parseEntityId(b)]
        if (x === undefined || y === undefined) return
        expect(idKey(x) === idKey(y)).toBe(x === y)
      }),
      { seed: 1 },
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
