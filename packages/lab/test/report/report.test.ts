import { expect, test } from 'vitest'
import { proseText } from '../../src/page/document.ts'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderMarkdown } from '../../src/report/render-markdown.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../../src/results/records.ts'
import type { Side } from '../../src/results/side.ts'
import { checkFigures } from './check-figures.ts'
import {
  consistency,
  EVENTUAL,
  POSTGRES,
  quickParts,
  records,
  STRONG,
  scattered,
  side,
} from './fixtures.ts'
import { recomputeDecision } from './recompute-decision.ts'

const WORDS = 'emulator: not DynamoDB performance'

function report(
  sides: readonly Side[],
  combined: readonly CombinedRecord[],
  found: readonly CombinedConsistencyRecord[] = sides.flatMap(({ key }) => consistency(key)),
) {
  const parts = quickParts(sides, combined, found)
  const model = buildReport(parts)
  return {
    more: recomputeDecision(parts),
    combined,
    consistency: found,
    databases: sides.map(({ key }) => key),
    html: renderHtml(model),
    markdown: renderMarkdown(model),
  }
}

const three = [POSTGRES, STRONG, EVENTUAL]
const threeRuns = [
  ...records('postgres', scattered(1, 11)),
  ...records('dynamodb-strong', scattered(2, 12)),
  ...records('dynamodb', scattered(1.9, 13)),
]

test('every figure can be recomputed from the records', () => {
  checkFigures(report(three, threeRuns))
})

test('every figure can be recomputed where operations failed and carts could not be read', () => {
  const spoiled = threeRuns.map((record, index) =>
    index % 7 === 0 ? { ...record, success: false, status_code: 503, error: 'busy' } : record,
  )
  const found = three.flatMap(({ key }, place) =>
    consistency(key, (record) => {
      if (record.scenario === 'concurrent_updates' && place === 1)
        return { ...record, success: false, stored_quantity: 47, lost_updates: 3 }
      if (record.scenario === 'create_then_read' && place === 2)
        return { ...record, consistent_reads: 3 }
      return record
    }),
  )
  const written = report(three, spoiled, found)
  checkFigures(written)
  expect(written.markdown).toContain('22 of 150 operations failed.')
  expect(written.markdown).toContain(
    'DynamoDB (strong reads) lost or duplicated acknowledged updates: of 100 units acknowledged to concurrent clients, 6 were lost',
  )
  expect(written.markdown).toContain(
    'DynamoDB (eventual reads): 4 of 20 reads did not reflect the write before them, as eventual reads may.',
  )
})

test('a target without any success has no times and no winner', () => {
  const failed = records('dynamodb', () => 0).map((record) => ({ ...record, success: false }))
  const written = report([POSTGRES, EVENTUAL], [...records('postgres', scattered(1, 1)), ...failed])
  checkFigures(written)
  expect(written.markdown).toMatch(/\| Average \| [\d.]+ ms \| n\/a \| n\/a \| n\/a \|/)
  expect(written.markdown).toContain('| Success rate | 100 % | 0 % | PostgreSQL | 100 points |')
})

test('the emulator is marked in the verdict, in every plot and in every column', () => {
  const { html, markdown } = report(three, threeRuns)
  expect(html).toMatch(new RegExp(`<section id="speed".*?<p>[^\n]*${WORDS}\\.</p>`, 's'))
  expect(html.split(`>${WORDS}</text>`).length - 1).toBe(6)
  const heads = html.match(/<th scope="col"[^>]*><span class="side side-[23]">/g) ?? []
  expect(heads.length).toBeGreaterThan(5)
  expect(html.split('<span class="tag">emulator</span>').length - 1).toBe(heads.length)
  expect(markdown).toMatch(new RegExp(`^## Speed in this run\\n\\n.*${WORDS}`, 'm'))
})

test('notes are not repeated', () => {
  const { html, markdown } = report([POSTGRES, STRONG], threeRuns.slice(0, 300))
  expect(markdown).toContain('## How it was measured')
  for (const words of ['Margin: how much less time', `reads): ${WORDS}.`])
    for (const text of [html, markdown]) expect(text.split(words).length - 1).toBeLessThan(2)
})

test('the consistency section has a digest, and all counts in details', () => {
  const { html } = report(three, threeRuns)
  const [before = '', after = ''] = html.split('<summary>All counts</summary>')
  const shown = before.slice(before.indexOf('id="consistency"'))
  expect(shown.split('<tr>').length - 2).toBe(5)
  expect(after).toContain('Iterations with a failed step')
})

test('without an emulator the report does not mention one', () => {
  const real = side('dynamodb', 'DynamoDB', { store: 'dynamodb', engine: 'external' })
  const { html, markdown } = report(
    [POSTGRES, real],
    [...records('postgres', scattered(1, 1)), ...records('dynamodb', scattered(2, 2))],
  )
  expect(html).not.toContain('emulator')
  expect(markdown).not.toContain('emulator')
})

test('user text is escaped', () => {
  const evil = '<img src=x onerror=alert(1)> | "&amp; [a](b)'
  const { html, markdown } = report(
    [POSTGRES, side('evil', evil, { address: 'http://x/?<b>' })],
    [...records('postgres', scattered(1, 1)), ...records('evil', scattered(2, 2))],
  )
  expect(html.match(/<img|<b>/)).toBeNull()
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; | &quot;&amp;amp; [a](b)')
  expect(markdown).toContain('\\<img src=x onerror=alert(1)\\> \\| "\\&amp; \\[a\\](b)')
})

test('the page has no scripts and no external resources', () => {
  const { html } = report(three, threeRuns)
  expect(html.match(/<script|<link|<iframe|<img|@import|url\(|\son\w+=|src=/)).toBeNull()
})

test('a target that never succeeded is not compared', () => {
  const failed = records('x', scattered(2, 1)).map((record) => ({ ...record, success: false }))
  const { verdict } = buildReport(
    quickParts(
      [POSTGRES, side('x', 'X')],
      [...records('postgres', scattered(1, 1)), ...failed],
      [],
    ),
  )
  expect(proseText(verdict.headline)).toBe('Not comparable: no operation succeeded on X.')
})

test('the headline of the quick look has a ratio and a confidence interval', () => {
  const headline = (base: number) =>
    buildReport(
      quickParts(
        [POSTGRES, side('x', 'X')],
        [...records('postgres', scattered(1, 1)), ...records('x', scattered(base, 1))],
        [],
      ),
    ).verdict.headline
  const words = (base: number) => proseText(headline(base))
  const none =
    /^No clear difference between PostgreSQL and X in this run: ratio of the medians 1.0\d \(99 % confidence interval [\d.]+ to [\d.]+\)\.$/
  expect(words(1)).toMatch(none)
  expect(words(1.04)).toMatch(none)
  const faster =
    /times as fast as \w+ at the median in this run \(99 % confidence interval [\d.]+ to [\d.]+\)\.$/
  expect(words(4)).toMatch(/^PostgreSQL was 4\.0\d times as fast as X/)
  expect(words(4)).toMatch(faster)
  expect(words(0.2)).toMatch(/^X was (4\.9|5\.0)\d times as fast as PostgreSQL/)
  expect(words(0.2)).toMatch(faster)
})
