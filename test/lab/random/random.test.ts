import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../lab/random/random.ts'
import { shuffle } from '../../../lab/random/shuffle.ts'

describe('the seeded generator', () => {
  it('gives the same numbers on every machine', () => {
    const random = createRandom(1, 'measured arrivals')
    expect([1, 2, 3].map(() => random.integer(0, 2 ** 32 - 1))).toEqual([
      48631667, 3082081351, 1441652343,
    ])
  })

  it('gives other numbers for another seed and for another purpose', () => {
    const first = (seed: number, purpose?: string) => createRandom(seed, purpose).fraction()
    expect(new Set([first(1), first(2), first(-1), first(1, 'a'), first(1, 'b')]).size).toBe(5)
  })

  it('stays in the range, reaches both ends and favours no value', () => {
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

it('every order of a shuffle is equally likely', () => {
  const random = createRandom(7)
  const counts = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const list = ['a', 'b', 'c']
    shuffle(list, random)
    counts.set(list.join(''), (counts.get(list.join('')) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
})
