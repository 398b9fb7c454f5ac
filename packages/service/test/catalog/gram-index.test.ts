import fc from 'fast-check'
import { expect, it } from 'vitest'
import { generateProducts } from '../../src/catalog/generate.ts'
import { BLOCK_BITS, indexGrams } from '../../src/catalog/gram-index.ts'

const blockOf = (index: number) => index >> BLOCK_BITS

it('never misses a block, from any start', async () => {
  // Few letters, so that texts overlap; lengths around those of the n-grams.
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '1'), maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 120 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '1'), minLength: 1, maxLength: 5 }),
      fc.nat(8),
      async (texts, wanted, from) => {
        const found = [...(await indexGrams(texts)).candidates(wanted, from)]
        const needed = texts.flatMap((one, i) =>
          one.includes(wanted) && blockOf(i) >= from ? [blockOf(i)] : [],
        )
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b))
        expect(found.filter((block) => block < from)).toEqual([])
        for (const block of needed) expect(found).toContain(block)
      },
    ),
    { seed: 1, numRuns: 300 },
  )
})

it('leaves few candidates among the generated products', async () => {
  const names = generateProducts(20_000, 2).map(({ name }) => name.toLowerCase())
  const index = await indexGrams(names)
  const candidates = (text: string) => index.candidates(text, 0).length
  expect(candidates('zzzz')).toBe(0)
  expect(candidates('qz')).toBe(0)
  // Every part of it is frequent, but not in one name.
  expect(candidates('classic novel classic')).toBeLessThan(names.length / 2 ** BLOCK_BITS / 10)
})
