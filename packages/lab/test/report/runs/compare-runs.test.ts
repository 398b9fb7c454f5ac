import { expect, test } from 'vitest'
import { madeUpComparison, twoSides } from '../../../../../test/support/comparison.ts'
import { compareRuns, type MetricChange } from '../../../src/report/runs/compare-runs.ts'
import { runsHtml, runsMarkdown, runsTerminal } from '../../../src/report/runs/render-runs.ts'
import { runsHeadline } from '../../../src/report/runs/run-sections.ts'
import type { ComparisonFile, ComparisonParts } from '../../../src/results/comparison-file.ts'
import { POSTGRES, STRONG, side } from '../fixtures.ts'

const OLD = run({ postgres: 1, seed: 1 })
const FILES = { older: '../old/results.json', newer: 'results.json' }

function run({ postgres, seed }: { postgres: number; seed: number }): ComparisonFile {
  const parts = madeUpComparison(twoSides(POSTGRES, postgres, STRONG, 2), {
    seed,
    blocks: 12,
    spec: { rate: 100 },
  })
  return file(parts)
}

function file(parts: ComparisonParts): ComparisonFile {
  return { format: 'pushcart comparison', version: 1, ...parts }
}

function changesOf(newer: ComparisonFile, key: string): readonly MetricChange[] {
  return compareRuns(OLD, newer).sides.find(({ side: one }) => one.key === key)?.changes ?? []
}

test('a slower target is found by every measurable figure, an unchanged one by none', () => {
  const slower = run({ postgres: 1.5, seed: 2 })
  const measured = changesOf(slower, 'postgres').filter(({ ratio }) => ratio !== null)
  expect(measured.length).toBeGreaterThan(5)
  expect(new Set(measured.map(({ verdict }) => verdict))).toEqual(new Set(['slower']))
  const verdicts = changesOf(slower, 'dynamodb-strong').map(({ verdict }) => verdict)
  expect(verdicts).not.toContain('slower')
  expect(verdicts).not.toContain('faster')
})

test('a faster target is found, with the ratio of the medians of its blocks', () => {
  const [change] = changesOf(run({ postgres: 0.5, seed: 3 }), 'postgres').filter(
    ({ name }) => name === 'get_cart.p50',
  )
  expect(change?.verdict).toBe('faster')
  expect(change?.ratio).toBeCloseTo((change?.newer ?? 0) / (change?.older ?? 0), 12)
  expect(change?.ratio).toBeGreaterThan(0.45)
  expect(change?.ratio).toBeLessThan(0.55)
})

test('the same run twice shows no change', () => {
  for (const { ratio, adjusted_p, verdict } of changesOf(OLD, 'postgres')) {
    if (ratio === null) continue
    expect([ratio, adjusted_p]).toEqual([1, 1])
    expect(['equivalent', 'inconclusive']).toContain(verdict)
  }
})

test('figures with too few samples in some block are not measurable', () => {
  const p99 = changesOf(OLD, 'postgres').find(({ name }) => name === 'get_cart.p99')
  expect(p99).toMatchObject({ verdict: 'not_measurable', ratio: null, adjusted_p: null })
})

test('differences of environment and settings come first', () => {
  const parts = madeUpComparison(twoSides(POSTGRES, 1, side('x', 'X'), 2), {
    spec: { rate: 300 },
  })
  const { environment } = parts
  const newer = file({
    ...parts,
    environment: { ...environment, machine: { ...environment.machine, cpu: 'Another one' } },
  })
  const comparison = compareRuns(OLD, newer)
  expect(comparison.differences).toEqual([
    'machine: cpu A processor, now Another one',
    'load: rate 100, now 300',
    'DynamoDB (strong reads): old run only',
    'X: new run only',
  ])
  expect(runsTerminal(comparison)[0]).toBe('DIFFERENT: machine: cpu A processor, now Another one')
  for (const text of [runsMarkdown(comparison, FILES), runsHtml(comparison, FILES)])
    expect(text).toContain('differ in 4 settings')
})

test('terminal, Markdown and HTML have the same figures', () => {
  const comparison = compareRuns(OLD, run({ postgres: 1.5, seed: 2 }))
  const [change] = comparison.sides[0]?.changes ?? []
  const figure = change?.ratio?.toFixed(2) ?? ''
  const texts = [
    runsTerminal(comparison).join('\n'),
    runsMarkdown(comparison, FILES),
    runsHtml(comparison, FILES),
  ]
  for (const text of texts) {
    expect(text).toContain(figure)
    expect(text).toContain('SLOWER')
    expect(text).toContain(runsHeadline(comparison))
  }
})

test('every figure links to a row with its file and records', () => {
  const html = runsHtml(compareRuns(OLD, run({ postgres: 1.5, seed: 2 })), FILES)
  expect(html).not.toContain('<span class="figure"')
  const linked = [...html.matchAll(/<a class="figure" href="#([^"]+)"/g)].map(([, id = '']) => id)
  expect(linked.length).toBeGreaterThan(50)
  for (const id of new Set(linked)) {
    const [, row = ''] = new RegExp(`<tr id="${id}">(.*?)</tr>`).exec(html) ?? []
    const links = [...row.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)
    const [older, newer] = [FILES.older, FILES.newer].map((file) => `${file}#/load/slots`)
    const wanted = id.includes('-older-')
      ? [older]
      : id.includes('-newer-')
        ? [newer]
        : [older, newer]
    expect(links, id).toEqual(wanted)
  }
})

test('an emulator is marked wherever its figures are shown', () => {
  const comparison = compareRuns(OLD, run({ postgres: 1, seed: 2 }))
  const words =
    'DynamoDB (strong reads): 12 blocks in the old run, 12 in the new (emulator: not DynamoDB performance)'
  expect(runsTerminal(comparison)).toContain(words)
  expect(runsHtml(comparison, FILES)).toContain(words)
  expect(runsHtml(comparison, FILES)).toContain('>emulator: not DynamoDB performance</text>')
})
