import { expect, test } from 'vitest'
import {
  type Behaviour,
  type MadeUpComparison,
  madeUpComparison,
  twoSides,
} from '../../../../test/support/comparison.ts'
import { proseText } from '../../src/page/document.ts'
import { buildReport } from '../../src/report/build-report.ts'
import type { ReportModel } from '../../src/report/model.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderMarkdown } from '../../src/report/render-markdown.ts'
import { renderTerminal } from '../../src/report/render-terminal.ts'
import type { ComparisonParts } from '../../src/results/comparison-file.ts'
import { checkFigures } from './check-figures.ts'
import { EVENTUAL, POSTGRES, STRONG, side } from './fixtures.ts'
import { recomputeDecision } from './recompute-decision.ts'
import { recomputeLoad } from './recompute-load.ts'

const WATCHED = {
  service_cpu_s: 0.31,
  service_memory_bytes: 91_000_000,
  connections: 10,
  store_retries: 2,
  store_throttles: 0,
}
const THREE: readonly Behaviour[] = [
  { side: POSTGRES, ms: 1.2, watched: { ...WATCHED, database_cpu_s: 0.4 } },
  { side: STRONG, ms: 1.7, watched: { ...WATCHED, read_units: 310, write_units: 650.5 } },
  { side: EVENTUAL, ms: 1.7 },
]
const CAPACITY: ComparisonParts['capacity'] = {
  objective: 'p99=50ms',
  sides: [
    {
      side: 'postgres',
      points: [
        { rate: 200, achieved: 200.2, p50: 1, p99: 4, error_rate: 0, meets: true },
        { rate: 400, achieved: 380, p50: 9, p99: 70, error_rate: 0.25, meets: false },
        { rate: 200, achieved: 199, p50: 1, p99: 5, error_rate: 0, meets: true },
      ],
      highest: 200,
      limited_by: 'objective',
    },
    {
      side: 'dynamodb',
      points: [{ rate: 200, achieved: null, p50: null, p99: null, error_rate: 0, meets: null }],
      highest: null,
      limited_by: 'generator',
    },
  ],
}

function headlineOf(behaviours: readonly Behaviour[], options: MadeUpComparison = {}): string {
  return speedOf(buildReport(madeUpComparison(behaviours, options))).join('')
}

/** The sentences about speed: the headline, or the section where the report recommends a store. */
function speedOf({ verdict, sections }: ReportModel): string[] {
  const section = sections.find(({ id }) => id === 'speed')
  if (section === undefined) return [proseText(verdict.headline)]
  const [sentence] = section.contents
  return sentence?.kind === 'prose' ? [proseText(sentence.prose)] : []
}

/** What is said below it. */
function pointsOf({ verdict, sections }: ReportModel): string[] {
  const section = sections.find(({ id }) => id === 'speed')
  const lists = section?.contents.flatMap((one) => (one.kind === 'list' ? one.items : []))
  return (lists ?? verdict.points).map(proseText)
}

function written(parts: ComparisonParts) {
  const model = buildReport(parts)
  return { model, html: renderHtml(model), markdown: renderMarkdown(model) }
}

test('every figure of a load can be recomputed from its records', () => {
  const parts = madeUpComparison(THREE, {
    blocks: 11,
    wanted: 10,
    invalid: [4],
    disturbed: { 7: 2.6 },
    drift: 0.4,
    spec: { rate: 200 },
    capacity: CAPACITY,
    rates: [100, 400, 1600],
    probed: true,
  })
  const { html, markdown } = written(parts)
  checkFigures({
    combined: parts.quick_look,
    consistency: parts.consistency,
    databases: parts.environment.sides.map(({ key }) => key),
    html,
    markdown,
    more: new Map([...recomputeLoad(parts), ...recomputeDecision(parts)]),
  })
})

test('every number links to a row with its record, or is in such a row', () => {
  const { html } = written(madeUpComparison(THREE, { capacity: CAPACITY, rates: [50, 400] }))
  const linked = [...html.matchAll(/<a class="figure" href="#([^"]+)"/g)].map(([, id]) => id)
  expect(linked.length).toBeGreaterThan(150)
  for (const id of new Set(linked)) expect(html.split(`id="${id}"`).length - 1, id).toBe(1)
  const loose = html.match(/<tr[^>]*>(?:(?!<\/tr>).)*<span class="figure"(?:(?!<\/tr>).)*<\/tr>/g)
  for (const row of loose ?? []) expect(row).toMatch(/results\.json#\/(load|capacity|growth)\//)
  expect(html.split('<span class="figure"').length - 1).toBeLessThan(
    html.split('results.json#').length * 5,
  )
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the headline has the faster target, the ratio and its confidence interval', () => {
  expect(headlineOf(THREE, { spec: { rate: 200 } })).toMatch(
    /^At 200 requests per second, PostgreSQL served cart reads 1\.\d\d times as fast as DynamoDB \(strong reads\) at the median \(95 % confidence interval 1\.\d\d to 1\.\d\d\); emulator: not DynamoDB performance\.$/,
  )
  const [a, b] = [side('a', 'A'), side('b', 'B')]
  expect(headlineOf(twoSides(a, 2, b, 1))).toMatch(
    /^At 100 requests per second, B served cart reads (1\.9|2\.0)\d times as fast as A at the median \(95 % confidence interval [\d.]+ to [\d.]+\)\.$/,
  )
  expect(headlineOf(twoSides(a, 1, b, 1), { blocks: 14 })).toMatch(
    /^At 100 requests per second, A and B served cart reads equally fast at the median: ratio .* within the equivalence margin of 5 %\.$/,
  )
  const disturbed = { 0: 1.3, 1: 0.8, 2: 1.4, 3: 0.75, 4: 1.2 }
  expect(headlineOf(twoSides(a, 1, b, 1), { disturbed, blocks: 6 })).toMatch(
    /^At 100 requests per second, it is inconclusive whether A or B serves cart reads faster/,
  )
})

test('the headline qualifies a faster target that fails many requests', () => {
  const refusing = madeUpComparison([
    { side: side('a', 'A'), ms: 2 },
    { side: side('b', 'B'), ms: 1, failed: 300 },
  ])
  const { model, html, markdown } = written(refusing)
  expect(proseText(model.verdict.headline)).toMatch(
    /^At 100 requests per second, B served cart reads [\d.]+ times as fast as A .* to [\d.]+\), counting successful requests only: 20\.0 % of the requests to B failed\.$/,
  )
  checkFigures({
    combined: refusing.quick_look,
    consistency: refusing.consistency,
    databases: ['a', 'b'],
    html,
    markdown,
    more: recomputeLoad(refusing),
  })
})

test('without enough valid blocks there is no verdict anywhere', () => {
  const parts = madeUpComparison(THREE, { blocks: 8, invalid: [0, 1, 2, 3] })
  const { model, html } = written(parts)
  expect(speedOf(model).join('')).toBe(
    'No verdict: only 4 of 8 blocks are valid: the generator was busy 99 % of the time (at most 90 %); emulator: not DynamoDB performance.',
  )
  expect(html).not.toContain('PostgreSQL faster')
  expect(renderTerminal(model).join('\n')).not.toContain('faster')
})

test('a load without any valid block is still reported', () => {
  const none = madeUpComparison(THREE, { blocks: 2, invalid: [0, 1] })
  expect(written(none).markdown).toContain('No verdict: [only 0 of 2 blocks are valid')
  const { load } = none
  const cut = load === null ? null : { ...load, slots: load.slots.slice(0, 1) }
  expect(written({ ...none, load: cut, quick_look: [], consistency: [] }).html).toContain(
    'No verdict',
  )
})

test('with too few blocks, ratios have no intervals and no plot is empty', () => {
  const { html } = written(madeUpComparison(THREE.slice(0, 2), { blocks: 3 }))
  const [, forest = ''] = /<svg[^>]*"forest-[^>]*>(.*?)<\/svg>/s.exec(html) ?? []
  const numbers = [...forest.matchAll(/text-anchor="end"[^>]*>([\d.]+)</g)]
  expect(numbers.length).toBeGreaterThan(5)
  expect(forest).not.toMatch(/NaN|\d–\d/)
  const none = written(madeUpComparison(THREE.slice(0, 2), { blocks: 2, invalid: [0, 1] }))
  expect(none.html).not.toContain('forest-')
})

test('the verdict states how many blocks significance requires', () => {
  const points = (blocks: number) =>
    pointsOf(written(madeUpComparison(THREE, { blocks })).model).join('\n')
  expect(points(6)).toContain(
    "no difference can be significant: the smallest possible p-value adjusted by Holm's method is 0.063. At least 7 blocks are required.",
  )
  expect(points(9)).toContain(
    "With 9 valid blocks, no other of the 14 figures can differ significantly: the smallest possible p-value adjusted by Holm's method is 0.051. At least 10 blocks are required.",
  )
  expect(points(10)).not.toContain('blocks are required')
})

test('a service against itself gives the noise floor instead of a verdict', () => {
  const both = ['A', 'B'].map((letter) => ({
    side: { ...POSTGRES, key: `postgres-${letter.toLowerCase()}`, label: `PostgreSQL ${letter}` },
    ms: 1.2,
  }))
  const { model } = written(madeUpComparison(both))
  expect(proseText(model.verdict.headline)).toMatch(
    /^Noise floor, PostgreSQL A against PostgreSQL B at 100 requests per second: the ratio is [\d.]+ for .+ at the median \(95 % confidence interval [\d.]+ to [\d.]+\); of 7 ratios, the furthest from 1 is [\d.]+ for .+ \(95 % confidence interval [\d.]+ to [\d.]+\)\./,
  )
  expect(model.verdict.points.map(proseText)[0]).toContain('Every difference here is noise')
})

test('outliers, excluded blocks and drift are reported', () => {
  const { model } = written(
    madeUpComparison(THREE.slice(0, 2), {
      blocks: 11,
      wanted: 10,
      invalid: [4],
      disturbed: { 7: 3 },
      drift: 1,
    }),
  )
  const blocks = model.sections.find(({ id }) => id === 'blocks')
  const items = (blocks?.contents ?? []).flatMap((content) =>
    content.kind === 'list' ? content.items.map(proseText) : [],
  )
  expect(items.join('\n')).toMatch(/Outlier blocks \(included\): (\d+, )*8/)
  expect(items.join('\n')).toContain('Excluded blocks: 5 (the generator was busy')
  expect(items.join('\n')).toMatch(
    /With the excluded blocks, the ratio of .* at the median \(.*\) would be [\d.]+ instead of [\d.]+\./,
  )
  expect(items.join('\n')).toMatch(
    /Drift of cart reads at the median .*: PostgreSQL \+\d.*not in a steady state/,
  )
})

test('resources are shown by ascending rate, with the marginal CPU', () => {
  const { model } = written(madeUpComparison(THREE, { rates: [50, 400, 1600] }))
  const growth = model.sections.find(({ id }) => id === 'growth')
  const [list, folded] = growth?.contents ?? []
  const [table] = folded?.kind === 'details' ? folded.contents : []
  const words = list?.kind === 'list' ? list.items.map(proseText) : []
  expect(words[0]).toMatch(
    /^PostgreSQL: each additional 1,000 operations per second require -?[\d.,]+ cores of the service and -?[\d.,]+ cores of the database \(linear fit over the 3 rates/,
  )
  expect(words[2]).toMatch(/^DynamoDB \(eventual reads\): CPU not available/)
  const rows = table?.kind === 'table' ? table.table.rows : []
  const offered = rows.map(({ cells: [rate] }) => (rate?.kind === 'figure' ? rate.value : null))
  expect(offered.slice(0, 4)).toEqual([50, 300, 400, 1600])
  const bare = written(madeUpComparison(THREE)).model.sections
  expect(bare.some(({ id }) => id === 'growth')).toBe(false)
})

test('schedules that differ within a block are reported', () => {
  const parts = madeUpComparison(THREE.slice(0, 2))
  const { load } = parts
  if (load === null) throw new Error('there is a load')
  const slots = load.slots.map((slot, place) =>
    place === 0 ? { ...slot, result: { ...slot.result, schedule_sha256: 'f'.repeat(64) } } : slot,
  )
  expect(written(parts).markdown).not.toContain('NOT identical')
  expect(written({ ...parts, load: { ...load, slots } }).markdown).toContain(
    'NOT identical within block 1',
  )
})

test('an unavailable figure is not shown as zero', () => {
  const { markdown } = written(madeUpComparison(THREE))
  expect(markdown).toContain('| Database | ')
  expect(markdown).toMatch(/\| Read \| none \| [\d.]+ \| not available \|/)
})

test('Markdown keeps sentences below their headings', () => {
  const { markdown } = written(madeUpComparison(THREE))
  const under = markdown
    .split('### ')
    .find((part) => part.startsWith('Not known without a deployment'))
  expect(under).toContain('is an emulator, and its times are not those of DynamoDB')
  expect(markdown).toContain('Plots in the HTML report: Get a cart, P50')
})

test('advice links to the records that support it', () => {
  const { model, markdown } = written(
    madeUpComparison(THREE, { capacity: CAPACITY, probed: true, blocks: 6 }),
  )
  const ids = model.sections.map(({ id }) => id)
  for (const id of ['requirements', 'scenarios', 'cost', 'limits', 'conclusions'])
    expect(ids).toContain(id)
  expect(markdown).toMatch(/\| met: \[[\d.]+ %\]\(results\.json#\/load\/slots\)/)
  expect(markdown).toMatch(/Modelled: .*\[1\]\(results\.json#\/operations\//)
  expect(markdown).toContain('(simulated)')
})

test('missing measurements replace the cost', () => {
  const { markdown } = written(madeUpComparison(THREE, { blocks: 6 }))
  expect(markdown).toContain('The cost is unknown: this comparison did not measure')
  expect(markdown).toContain('Undecided: measurements are missing.')
})

test('services on unknown stores are compared without advice', () => {
  const two = [side('a', 'A'), side('b', 'B')].map((one) => ({ side: one, ms: 1 }))
  const ids = buildReport(madeUpComparison(two, { blocks: 6 })).sections.map(({ id }) => id)
  expect(ids).not.toContain('cost')
  expect(ids).toContain('resources')
})

test('no emulator has a verdict on its speed in a headline', () => {
  const emulator = side('dynamodb', 'DynamoDB', { store: 'dynamodb', emulator: true })
  for (const behaviours of [THREE, twoSides(side('a', 'A'), 1, emulator, 3)]) {
    const { model, html } = written(madeUpComparison(behaviours, { blocks: 11, probed: true }))
    const headlines = [...html.matchAll(/<p class="headline">(.*?)<\/p>/g)].map(([words]) => words)
    expect(headlines).toHaveLength(1)
    expect(headlines[0]).not.toMatch(/times as fast|equally fast|faster|median/)
    // It is reported further below, with its caveat.
    expect(speedOf(model).concat(model.verdict.points.map(proseText)).join(' ')).toMatch(/emulator/)
  }
})
