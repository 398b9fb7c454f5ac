import { expect, test } from 'vitest'
import { compareBlocks } from '../../../lab/stats/compare-blocks.ts'
import { syntheticRun } from '../../support/synthetic-blocks.ts'

const ten = (value: number) => Array.from({ length: 10 }, () => value)

test('a difference in every block is found, and its direction told', () => {
  const [slower] = compareBlocks([{ name: 'get.p50', a: ten(1), b: ten(1.2) }])
  expect(slower).toMatchObject({ verdict: 'a_faster', p: 2 / 1024, outliers: [] })
  expect(slower?.ratio).toBeCloseTo(1.2, 12)
  const [faster] = compareBlocks([{ name: 'get.p50', a: ten(1.2), b: ten(1) }])
  expect(faster?.verdict).toBe('b_faster')
})

test('a difference within the margin is equivalence, however certain', () => {
  const [found] = compareBlocks([{ name: 'get.p50', a: ten(1), b: ten(1.03) }])
  expect(found).toMatchObject({ verdict: 'equivalent', p: 2 / 1024 })
  const strict = compareBlocks([{ name: 'get.p50', a: ten(1), b: ten(1.03) }], {
    margin: 0.01,
    alpha: 0.05,
  })
  expect(strict[0]?.verdict).toBe('a_faster')
})

test('few blocks cannot tell a difference', () => {
  const [found] = compareBlocks([{ name: 'get.p50', a: [1, 1, 1], b: [2, 2, 2] }])
  expect(found).toMatchObject({ verdict: 'inconclusive', p: 0.25 })
})

test('a figure that any block lacks is not measurable, and does not weigh on the others', () => {
  const gap = [...ten(1).slice(1), null]
  const [missing, present] = compareBlocks([
    { name: 'get.p999', a: gap, b: ten(1) },
    { name: 'get.p50', a: ten(1), b: ten(2) },
  ])
  expect(missing).toMatchObject({ verdict: 'not_measurable', ratio: null, adjusted_p: null })
  expect(present?.adjusted_p).toBe(present?.p)
  expect(compareBlocks([{ name: 'get.p50', a: [], b: [] }])[0]?.verdict).toBe('not_measurable')
})

test('a block far from the others is named and counted', () => {
  const b = [1.01, 0.99, 1.02, 0.98, 1.01, 0.99, 1, 1.01, 0.99, 5]
  const [found] = compareBlocks([{ name: 'get.p50', a: ten(1), b }])
  expect(found?.outliers).toEqual([9])
  expect(found?.ratios).toHaveLength(10)
})

test('at most 5 % of 200 comparisons of a side with itself claim any difference', () => {
  const claims = Array.from({ length: 200 }, (_, seed) =>
    compareBlocks(syntheticRun({ seed, blocks: 10, slowdown: 1 })),
  ).filter((metrics) => metrics.some(({ verdict }) => /faster/.test(verdict)))
  expect(claims.length).toBeLessThanOrEqual(10)
})

test('a difference of 10 % is found in at least 90 % of 200 comparisons, and never the other way round', () => {
  const runs = Array.from({ length: 200 }, (_, seed) =>
    compareBlocks(syntheticRun({ seed, blocks: 10, slowdown: 1.1 })),
  )
  const finds = (verdict: string) =>
    runs.filter((metrics) => metrics.some((metric) => metric.verdict === verdict)).length
  expect(finds('a_faster')).toBeGreaterThanOrEqual(180)
  expect(finds('b_faster')).toBe(0)
})
