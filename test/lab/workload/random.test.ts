import { describe, expect, it } from 'vitest'
import { customaryStream } from '../../../lab/workload/customary-stream.ts'
import { createRandom } from '../../../lab/workload/random.ts'

describe('the seeded generator', () => {
  it('gives the numbers that mulberry32 is known for', () => {
    const random = createRandom(1)
    // Made by the author's C code, compiled with gcc.
    const first = [1, 2, 3].map(() => random.integer(0, 2 ** 32 - 1))
    expect(first).toEqual([2693262067, 11749833, 2265367787])
  })

  it('keeps to the range, reaches both ends and favours none', () => {
    const random = createRandom(42)
    const counts = new Map<number, number>()
    for (let i = 0; i < 6000; i++) {
      const face = random.integer(1, 6)
      counts.set(face, (counts.get(face) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6])
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })
})

describe('the customary stream', () => {
  it('is the same for the same seed and another for another', () => {
    expect(customaryStream(7)).toEqual(customaryStream(7))
    expect(customaryStream(7)).not.toEqual(customaryStream(8))
  })

  it('has 50 customers and 50 adds within the customary ranges, for any seed', () => {
    for (let seed = -50; seed < 50; seed++) {
      const { customers, adds } = customaryStream(seed)
      expect([customers.length, adds.length]).toEqual([50, 50])
      for (const customer of customers) expect(within(customer, 1, 10_000)).toBe(true)
      for (const { productId, quantity } of adds)
        expect(within(productId, 1, 1000) && within(quantity, 1, 5)).toBe(true)
    }
  })
})

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
