import { expect, test } from 'vitest'
import { proseText } from '../../../lab/page/document.ts'
import { buildReport } from '../../../lab/report/build-report.ts'
import { renderHtml } from '../../../lab/report/render-html.ts'
import { renderMarkdown } from '../../../lab/report/render-markdown.ts'
import { renderTerminal } from '../../../lab/report/render-terminal.ts'
import type { ComparisonParts } from '../../../lab/results/comparison-file.ts'
import {
  type Behaviour,
  type MadeUpComparison,
  madeUpComparison,
} from '../../support/comparison.ts'
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
  return proseText(buildReport(madeUpComparison(behaviours, options)).verdict.headline)
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

test('every number leads to a row that names its record, or stands beside it', () => {
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

test('the verdict says who is faster, by how much and how sure that is', () => {
  expect(headlineOf(THREE, { spec: { rate: 200 } })).toMatch(
    /^At 200 requests a second, PostgreSQL answered reads of a cart 1\.\d\d times as fast as DynamoDB \(strong reads\) at the median \(95 % interval 1\.\d\d to 1\.\d\d\); emulator: not DynamoDB performance\.$/,
  )
  const [a, b] = [side('a', 'A'), side('b', 'B')]
  expect(
    headlineOf([
      { side: a, ms: 2 },
      { side: b, ms: 1 },
    ]),
  ).toMatch(
    /^At 100 requests a second, B answered reads of a cart (1\.9|2\.0)\d times as fast as A at the median \(95 % interval [\d.]+ to [\d.]+\)\.$/,
  )
  expect(
    headlineOf(
      [
        { side: a, ms: 1 },
        { side: b, ms: 1 },
      ],
      { blocks: 14 },
    ),
  ).toMatch(
    /^At 100 requests a second, A and B answered reads of a cart equally fast at the median: ratio .* within the margin of 5 %\.$/,
  )
  const disturbed = { 0: 1.3, 1: 0.8, 2: 1.4, 3: 0.75, 4: 1.2 }
  expect(
    headlineOf(
      [
        { side: a, ms: 1 },
        { side: b, ms: 1 },
      ],
      { disturbed, blocks: 6 },
    ),
  ).toMatch(/^At 100 requests a second, it is open whether A or B answers reads of a cart faster/)
})

test('a side that is fast on what it does not refuse is not called faster without a word of that', () => {
  const refusing = madeUpComparison([
    { side: side('a', 'A'), ms: 2 },
    { side: side('b', 'B'), ms: 1, failed: 300 },
  ])
  const { model, html, markdown } = written(refusing)
  expect(proseText(model.verdict.headline)).toMatch(
    /^At 100 requests a second, B answered reads of a cart [\d.]+ times as fast as A .* to [\d.]+\), of the requests that succeeded: 20 % of those to B failed\.$/,
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

test('without enough valid blocks there is no verdict, wherever one would stand', () => {
  const parts = madeUpComparison(THREE, { blocks: 8, invalid: [0, 1, 2, 3] })
  const { model, html } = written(parts)
  expect(proseText(model.verdict.headline)).toBe(
    'No verdict: only 4 of 8 blocks are valid: the generator was busy 99 % of the time (at most 90 %); emulator: not DynamoDB performance.',
  )
  expect(html).not.toContain('PostgreSQL faster')
  expect(renderTerminal(model).join('\n')).not.toContain('faster')
})

test('a load without a single valid block, or cut off in its first, is reported all the same', () => {
  const none = madeUpComparison(THREE, { blocks: 2, invalid: [0, 1] })
  expect(written(none).markdown).toContain('No verdict: only 0 of 2 blocks are valid')
  const { load } = none
  const cut = load === null ? null : { ...load, slots: load.slots.slice(0, 1) }
  expect(written({ ...none, load: cut, quick_look: [], consistency: [] }).html).toContain(
    'No verdict',
  )
})

test('so few blocks have ratios without intervals, and nothing is drawn of nothing', () => {
  const { html } = written(madeUpComparison(THREE.slice(0, 2), { blocks: 3 }))
  const [, forest = ''] = /<svg[^>]*"forest-[^>]*>(.*?)<\/svg>/s.exec(html) ?? []
  const numbers = [...forest.matchAll(/text-anchor="end"[^>]*>([\d.]+)</g)]
  expect(numbers.length).toBeGreaterThan(5)
  expect(forest).not.toMatch(/NaN|\d–\d/)
  const none = written(madeUpComparison(THREE.slice(0, 2), { blocks: 2, invalid: [0, 1] }))
  expect(none.html).not.toContain('forest-')
})

test('too few blocks to show anything are said to be', () => {
  const points = (blocks: number) =>
    written(madeUpComparison(THREE, { blocks })).model.verdict.points.map(proseText).join('\n')
  expect(points(6)).toContain(
    "cannot show that any figure differs: the smallest possible p-value after Holm's correction is 0.063. At least 7 blocks are needed.",
  )
  expect(points(9)).toContain(
    "9 valid blocks cannot show that one of 14 figures differs beside the headline's: the smallest possible p-value after Holm's correction is 0.051. At least 10 blocks are needed.",
  )
  expect(points(10)).not.toContain('cannot show')
})

test('one service against itself gives the noise floor, and no verdict between stores', () => {
  const both = ['A', 'B'].map((letter) => ({
    side: { ...POSTGRES, key: `postgres-${letter.toLowerCase()}`, label: `PostgreSQL ${letter}` },
    ms: 1.2,
  }))
  const { model } = written(madeUpComparison(both))
  expect(proseText(model.verdict.headline)).toMatch(
    /^The noise floor, PostgreSQL against itself at 100 requests a second: the ratio is [\d.]+ for .+ at the median \(95 % interval [\d.]+ to [\d.]+\), and the widest of 7 ratios is [\d.]+ for .+ \(95 % interval [\d.]+ to [\d.]+\);/,
  )
  expect(model.verdict.points.map(proseText)[0]).toContain('Every difference here is noise')
})

test('outliers, invalid blocks and drift are told', () => {
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
  expect(items.join('\n')).toMatch(/Outlying by some figure, and counted: block (\d+, )*8/)
  expect(items.join('\n')).toContain('Left out: block 5 (the generator was busy')
  expect(items.join('\n')).toMatch(
    /If they counted, too, the ratio of .* at the median \(.*\) would be [\d.]+ in place of [\d.]+\./,
  )
  expect(items.join('\n')).toMatch(
    /reads of a cart moved at the median by: PostgreSQL \+\d.*not steady/,
  )
})

test('what a side takes at other rates is shown from the lowest to the highest, and what more takes', () => {
  const { model } = written(madeUpComparison(THREE, { rates: [50, 400, 1600] }))
  const growth = model.sections.find(({ id }) => id === 'growth')
  const [list, folded] = growth?.contents ?? []
  const [table] = folded?.kind === 'details' ? folded.contents : []
  const words = list?.kind === 'list' ? list.items.map(proseText) : []
  expect(words[0]).toMatch(
    /^PostgreSQL: each 1,000 operations a second more take -?[\d.,]+ cores of the service and -?[\d.,]+ cores of the database, by the line through the 3 rates/,
  )
  expect(words[2]).toMatch(/^DynamoDB \(eventual reads\): its CPU is not visible/)
  const rows = table?.kind === 'table' ? table.table.rows : []
  const offered = rows.map(({ cells: [rate] }) => (rate?.kind === 'figure' ? rate.value : null))
  expect(offered.slice(0, 4)).toEqual([50, 300, 400, 1600])
  const bare = written(madeUpComparison(THREE)).model.sections
  expect(bare.some(({ id }) => id === 'growth')).toBe(false)
})

test('schedules that differ between the sides of a block are told', () => {
  const parts = madeUpComparison(THREE.slice(0, 2))
  const { load } = parts
  if (load === null) throw new Error('there is a load')
  const slots = load.slots.map((slot, place) =>
    place === 0 ? { ...slot, result: { ...slot.result, schedule_sha256: 'f'.repeat(64) } } : slot,
  )
  expect(written(parts).markdown).not.toContain('NOT the same')
  expect(written({ ...parts, load: { ...load, slots } }).markdown).toContain(
    'NOT the same for every side in block 1',
  )
})

test('what could not be seen is never shown as nothing', () => {
  const { markdown } = written(madeUpComparison(THREE))
  expect(markdown).toContain('| Database | ')
  expect(markdown).toMatch(/\| Read \| none \| [\d.]+ \| not visible \|/)
})

test('in Markdown, too, every sentence stands under its heading', () => {
  const { markdown } = written(madeUpComparison(THREE))
  const under = markdown.split('### ').find((part) => part.startsWith('Needs a run against'))
  expect(under).toContain('has to be measured on DynamoDB')
  expect(markdown).toContain('Drawn in the page: Get a cart, P50')
})

test('what follows for a choice is shown with the records that it rests on', () => {
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

test('without what a choice needs, what is missing is said instead of a cost', () => {
  const { markdown } = written(madeUpComparison(THREE, { blocks: 6 }))
  expect(markdown).toContain('No cost can be told: this comparison did not measure')
  expect(markdown).toContain('The evidence cannot support a choice.')
})

test('other services than the two stores are compared without advice on them', () => {
  const two = [side('a', 'A'), side('b', 'B')].map((one) => ({ side: one, ms: 1 }))
  const ids = buildReport(madeUpComparison(two, { blocks: 6 })).sections.map(({ id }) => id)
  expect(ids).not.toContain('cost')
  expect(ids).toContain('resources')
})
