import { expect, test } from 'vitest'
import {
  type BlockComparison,
  blocksNeeded,
  compareBlocks,
  smallestP,
} from '../../../lab/stats/compare-blocks.ts'
import { syntheticRun } from '../../support/synthetic-blocks.ts'

const ten = (value: number) => Array.from({ length: 10 }, () => value)

test('a difference in every block is found with its direction', () => {
  const [slower] = compareBlocks([{ name: 'get.p50', a: ten(1), b: ten(1.2) }])
  expect(slower).toMatchObject({ verdict: 'a_faster', p: 2 / 1024, outliers: [] })
  expect(slower?.ratio).toBeCloseTo(1.2, 12)
  const [faster] = compareBlocks([{ name: 'get.p50', a: ten(1.2), b: ten(1) }])
  expect(faster?.verdict).toBe('b_faster')
})

test('a significant difference within the margin is equivalence', () => {
  const [found] = compareBlocks([{ name: 'get.p50', a: ten(1), b: ten(1.03) }])
  expect(found).toMatchObject({ verdict: 'equivalent', p: 2 / 1024 })
  const strict = compareBlocks([{ name: 'get.p50', a: ten(1), b: ten(1.03) }], {
    margin: 0.01,
    alpha: 0.05,
  })
  expect(strict[0]?.verdict).toBe('a_faster')
})

test('few blocks are inconclusive', () => {
  const [found] = compareBlocks([{ name: 'get.p50', a: [1, 1, 1], b: [2, 2, 2] }])
  expect(found).toMatchObject({ verdict: 'inconclusive', p: 0.25 })
})

test('a metric that a block lacks is not measurable and does not affect the correction of the others', () => {
  const gap = [...ten(1).slice(1), null]
  const [missing, present] = compareBlocks([
    { name: 'get.p999', a: gap, b: ten(1) },
    { name: 'get.p50', a: ten(1), b: ten(2) },
  ])
  expect(missing).toMatchObject({ verdict: 'not_measurable', ratio: null, adjusted_p: null })
  expect(present?.adjusted_p).toBe(present?.p)
  expect(compareBlocks([{ name: 'get.p50', a: [], b: [] }])[0]?.verdict).toBe('not_measurable')
})

test('an outlier block is reported and included', () => {
  const b = [1.01, 0.99, 1.02, 0.98, 1.01, 0.99, 1, 1.01, 0.99, 5]
  const [found] = compareBlocks([{ name: 'get.p50', a: ten(1), b }])
  expect(found?.outliers).toEqual([9])
  expect(found?.ratios).toHaveLength(10)
})

test('too few blocks for an interval are inconclusive, even for equal sides', () => {
  for (const blocks of [1, 3, 5]) {
    const alike = Array.from({ length: blocks }, () => 1)
    const [found] = compareBlocks([{ name: 'get.p50', a: alike, b: alike }])
    expect(found).toMatchObject({ verdict: 'inconclusive', ratio: 1, interval: null })
  }
})

test('the primary metric has half the weight, all others together the other half', () => {
  const mixed = (b: number) => [...ten(b).slice(1), 1 / b]
  const metrics = ['one', 'two', 'three', 'four'].map((name) => ({
    name,
    a: ten(1),
    b: mixed(1.2),
  }))
  const alone = compareBlocks(metrics.slice(0, 1))[0]?.p ?? Number.NaN
  expect(alone).toBe(22 / 1024)
  expect(compareBlocks(metrics).map(({ adjusted_p }) => adjusted_p)).toEqual(
    metrics.map(() => 4 * alone),
  )
  const weighted = compareBlocks(metrics, undefined, metrics[2])
  expect(weighted.map(({ adjusted_p }) => adjusted_p)).toEqual(
    [1, 1, 2, 1].map((least) => (least === 2 ? 2 * alone : 3 * alone)),
  )
  expect(weighted[2]?.verdict).toBe('a_faster')
})

test('the number of blocks required to show a difference of the primary metric, and of another metric alone', () => {
  expect(smallestP(10, 12)).toEqual({
    primary: 4 / 1024,
    others: 44 / 1024,
    beside_primary: 22 / 1024,
  })
  expect([12, 24].map((metrics) => blocksNeeded('primary', metrics, 0.05))).toEqual([7, 7])
  expect([12, 24].map((metrics) => blocksNeeded('others', metrics, 0.05))).toEqual([10, 11])
})

/** Two hundred comparisons at the default block count, the headline's figure first. */
function comparisons(run: { slowdowns: readonly number[]; disturbed?: number }) {
  return Array.from({ length: 200 }, (_, seed) => {
    const metrics = syntheticRun({ seed, blocks: 10, ...run })
    return compareBlocks(metrics, undefined, metrics[0])
  })
}

const claims = (metrics: readonly BlockComparison[]) =>
  metrics.some(({ verdict }) => /faster/.test(verdict))

test.each([
  ['a side with itself', [1]],
  ['three sides that are one', [1, 1]],
])('of 200 comparisons of %s at most ten claim any difference', (_, slowdowns) => {
  expect(comparisons({ slowdowns }).filter(claims).length).toBeLessThanOrEqual(10)
})

test('a difference of 10 % is found in at least 90 % of 200 comparisons, and never reversed', () => {
  const runs = comparisons({ slowdowns: [1.1] })
  const finds = (verdict: string) =>
    runs.filter((metrics) => metrics.some((metric) => metric.verdict === verdict)).length
  expect(finds('a_faster')).toBeGreaterThanOrEqual(180)
  expect(finds('b_faster')).toBe(0)
})

test('the primary metric alone finds it in at least 90 % without disturbance, and in most with disturbance', () => {
  const headline = (disturbed: number) =>
    comparisons({ slowdowns: [1.1], disturbed }).filter(([first]) => first?.verdict === 'a_faster')
  expect(headline(0).length).toBeGreaterThanOrEqual(180)
  expect(headline(0.05).length).toBeGreaterThan(140)
})

test('a difference just beyond the margin is called equivalent in at most 5 % of 200 comparisons', () => {
  for (const slowdown of [1.06, 1 / 1.06]) {
    const wrong = comparisons({ slowdowns: [slowdown], disturbed: 0 }).filter(
      ([first]) => first?.verdict === 'equivalent',
    )
    expect(wrong.length).toBeLessThanOrEqual(10)
  }
})
