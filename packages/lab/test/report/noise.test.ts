import { expect, test } from 'vitest'
import {
  type MadeUpComparison,
  madeUpComparison,
  twoSides,
} from '../../../../test/support/comparison.ts'
import { proseText } from '../../src/page/document.ts'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderMarkdown } from '../../src/report/render-markdown.ts'
import { renderTerminal } from '../../src/report/render-terminal.ts'
import { readComparison, writeComparison } from '../../src/results/comparison-text.ts'
import type { NoisePart } from '../../src/results/noise.ts'
import { checkFigures } from './check-figures.ts'
import { side } from './fixtures.ts'
import { recomputeLoad } from './recompute-load.ts'

const [A, B] = [side('a', 'Alpha'), side('b', 'Beta')]
const NAMES = ['add_items', 'get_cart', 'overall'].flatMap((operation) =>
  ['p50', 'p95', 'p99'].map((statistic) => `${operation}.${statistic}`),
)

/** B takes 1.4 times as long as A. */
function compared(noise: NoisePart | undefined, options: MadeUpComparison = {}) {
  const parts = madeUpComparison(twoSides(A, 1, B, 1.4), { blocks: 12, ...options })
  // As from the file, so that a report of the written results is the same.
  return readComparison(writeComparison(noise === undefined ? parts : { ...parts, noise }))
}

/** An A/A run whose lower confidence limit is furthest from 1. */
function noise(low: number, names: readonly string[] = NAMES): NoisePart {
  const figures = names.map((name) => ({ name, ratio: 0.99, low, high: 1.01 }))
  return { file: 'results.json', started_at: '2026-02-28T10:00:00.000Z', figures }
}

function written(parts: ReturnType<typeof compared>) {
  const model = buildReport(parts)
  const html = renderHtml(model)
  const markdown = renderMarkdown(model)
  const terminal = renderTerminal(model).join('\n')
  return { model, html, markdown, terminal, headline: proseText(model.verdict.headline) }
}

const CLAIM = /(Alpha|Beta) faster|times as fast/

test('without a noise file there is a verdict and no noise floor', () => {
  const { html, markdown, terminal } = written(compared(undefined))
  for (const text of [html, markdown, terminal]) {
    expect(text).toMatch(CLAIM)
    expect(text).not.toContain('oise floor:')
  }
})

test('a difference within the noise of an A/A run is nowhere called faster', () => {
  const { html, markdown, terminal, headline } = written(compared(noise(0.5)))
  for (const text of [html, markdown, terminal]) {
    expect(text).not.toMatch(CLAIM)
    expect(text).toContain('within the noise of an A/A run')
    expect(text).toContain('Noise floor')
    expect(text).toContain('2.00')
  }
  expect(headline).toMatch(
    /^At 100 requests per second, the difference between Alpha and Beta in cart reads at the median is within the noise of an A\/A run: ratio 1\.\d\d \(95 % confidence interval [\d.]+ to [\d.]+\), noise floor 2\.00\.$/,
  )
  for (const text of [html, markdown])
    expect(text).toContain(
      'results.json, an A/A run under the same load, started 28 February 2026, 10:00 UTC',
    )
})

test('a difference beyond the noise of an A/A run is called faster, with the noise floor', () => {
  const { html, markdown, terminal, headline } = written(compared(noise(0.9)))
  expect(headline).toMatch(
    /Alpha served cart reads 1\.\d\d times as fast as Beta at the median \(95 % confidence interval [\d.]+ to [\d.]+\), beyond the noise floor of 1\.11\.$/,
  )
  for (const text of [html, markdown, terminal]) {
    expect(text).toMatch(CLAIM)
    expect(text).toContain('1.11')
    expect(text).not.toContain('is within the noise of an A/A run')
  }
})

test('a figure that the A/A run did not measure is inconclusive', () => {
  const { html, headline } = written(compared(noise(0.9, ['overall.p50'])))
  expect(headline).toMatch(/^At 100 requests per second, it is inconclusive whether Alpha or Beta/)
  expect(html).toContain('data-figure="noise.get_cart.p50.ratio.floor" data-value="">n/a<')
})

test.each([0.5, 0.75, 0.9])('a noise floor can be recomputed from the result file (%d)', (low) => {
  const parts = compared(noise(low))
  const { html, markdown } = written(parts)
  expect(html).toContain('href="#from-noise-floor"')
  expect(html).toContain('results.json#/noise/figures')
  checkFigures({
    combined: parts.quick_look,
    consistency: parts.consistency,
    databases: ['a', 'b'],
    html,
    markdown,
    more: recomputeLoad(parts),
  })
})
