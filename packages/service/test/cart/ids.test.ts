import { describe, expect, it } from 'vitest'
import { newCartId, parseCartId } from '../../src/cart/ids.ts'

const NOW = Date.UTC(2026, 10, 30)

describe('new cart ids', () => {
  it('of one millisecond are distinct, with fresh randomness each', () => {
    const ids = Array.from({ length: 10_000 }, () => newCartId(NOW))
    const randomParts = ids.map((id) => id.slice(-12))
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(randomParts).size).toBe(ids.length)
  })

  it('are UUIDs of version 7 that sort by their time', () => {
    const ids = Array.from({ length: 600 }, (_, i) => newCartId(NOW + i))
    expect(ids.every((id) => parseCartId(id) === id && id[14] === '7')).toBe(true)
    expect(ids.toSorted()).toEqual(ids)
  })
})
