import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { expect, test } from 'vitest'
import { compareRunsCommand } from '../../src/commands/compare-runs.ts'
import { importCommand } from '../../src/commands/import.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { buildResult } from '../../src/load/build-result.ts'
import { encodeRecorder } from '../../src/load/generator/encode-recorder.ts'
import { mergeReports } from '../../src/load/generator/merge-reports.ts'
import { createRecorder } from '../../src/load/generator/recorder.ts'
import type { LoadResult } from '../../src/results/load-result.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { sampleReport } from '../load/sample-report.ts'
import { ownFolder, runRecorded } from './commands-support.ts'

const RESULT = buildResult(
  completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 }),
  'http://one.example',
  sampleReport(),
)

async function written(value: unknown) {
  const folder = await ownFolder()
  const path = join(folder, 'perf.json')
  await writeFile(path, JSON.stringify(value))
  return { folder, path }
}

test('report writes the figures of a result of perf, as Markdown and HTML', async () => {
  const { folder, path } = await written(RESULT)
  const { code, stdout, stderr } = await runRecorded((io) => reportCommand(path, {}, io))
  expect([code, stderr]).toEqual([0, []])
  expect((await readdir(folder)).sort()).toEqual(['perf.json', 'report.html', 'report.md'])
  const { overall } = RESULT
  const headline = `${overall.succeeded} of ${overall.count} operations succeeded in 10.0 s`
  const texts = [
    stdout.join('\n'),
    await readFile(join(folder, 'report.md'), 'utf8'),
    await readFile(join(folder, 'report.html'), 'utf8'),
  ]
  // HTML keeps a number and its unit on one line.
  for (const text of texts.map((one) => one.replaceAll('\u00a0', ' '))) {
    expect(text).toContain(headline)
    expect(text).toContain(`${overall.response_time.p95?.toFixed(2)} ms`)
  }
  expect(texts[1]).toContain('10 x get')
  expect(texts[2]).toContain('href="perf.json"')
  expect(stdout.at(-1)).toMatch(/^Report: file:.*report\.html$/)
})

/** Two generators of which the second was busier. */
const SHARED = buildResult(
  completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 }),
  'http://one.example',
  mergeReports([sampleReport(), { ...sampleReport(), utilisation: 0.97 }], sampleReport().warm_up),
)

async function reported(result: LoadResult) {
  const { folder, path } = await written(result)
  await runRecorded((io) => reportCommand(path, {}, io))
  const html = await readFile(join(folder, 'report.html'), 'utf8')
  const plots = new Map(
    [...html.matchAll(/<svg role="img" aria-labelledby="(\S+)-title .*?<\/svg>/gs)].map(
      ([svg, id = '']) => [id, new DOMParser().parseFromString(svg, 'text/xml')],
    ),
  )
  return { html, plots, markdown: await readFile(join(folder, 'report.md'), 'utf8') }
}

test('the report of one run draws the distribution, every second, and each generator', async () => {
  const { html, plots, markdown } = await reported(SHARED)
  expect([...plots.keys()]).toEqual([
    'curve-add_items',
    'curve-get_cart',
    'curve-overall',
    'timeline-p50',
    'timeline-p99',
    'generators',
    'timeline-lag_max',
  ])
  // Ten seconds of 200 operations each follow two seconds of warm-up.
  for (const id of ['timeline-p50', 'timeline-p99', 'timeline-lag_max'])
    expect(plots.get(id)?.getElementsByTagName('desc')[0]?.textContent).toContain('over 11 seconds')
  const words = (id: string) =>
    [...(plots.get(id)?.getElementsByTagName('text') ?? [])].map(({ textContent }) => textContent)
  expect(words('generators')).toEqual(
    expect.arrayContaining(['Generator 1: 10 % busy', 'Generator 2: 97 % busy']),
  )
  const rows = markdown.split('\n').filter((line) => line.startsWith('| Generator '))
  expect(rows.slice(1).map((row) => row.split(' | ').slice(1, 5))).toEqual([
    ['1,000', '10', '10.0 %', '1.5 s'],
    ['1,000', '10', '97.0 %', '1.5 s'],
  ])
  // Every colour that a plot uses is set on this page.
  const drawn = [...plots.values()].map(String).join('')
  const used = new Set([...drawn.matchAll(/var\((--side-\d)\)/g)].map(([, name]) => name))
  for (const name of used) expect(html).toContain(`${name}: var(--`)
  expect(used.size).toBeGreaterThan(0)
})

test('the report of a closed loop has one curve, and one of a run without results has no plots', async () => {
  const closed = completeSpec({ loop: 'closed', duration_s: 10, warmup_s: 2 })
  const { html } = await reported(buildResult(closed, 'http://one.example', sampleReport()))
  expect(html).not.toContain('From the intended send time')
  expect(html.match(/class="key"/g)).toHaveLength(1)
  const nothing = { ...sampleReport('interrupted', 1), measured_from_s: null }
  const empty = buildResult(closed, 'http://one.example', { ...nothing, tallies: noTallies() })
  expect([...(await reported(empty)).plots.keys()].filter((id) => id !== 'generators')).toEqual([])
})

function noTallies() {
  return encodeRecorder(createRecorder()).tallies
}

test('report says of an imported result what it cannot say, and compare refuses it', async () => {
  const folder = await ownFolder()
  const [points, output] = [join(folder, 'points.json'), join(folder, 'imported.json')]
  const tags = { name: 'get_cart', expected_response: 'true' }
  const lines = Array.from({ length: 30 }, (_, second) =>
    JSON.stringify({
      type: 'Point',
      metric: 'http_req_duration',
      data: { time: new Date(1e12 + 1000 * second).toISOString(), value: 12, tags },
    }),
  )
  await writeFile(points, lines.join('\n'))
  await runRecorded((io) => importCommand(points, { output }, io))
  const { code } = await runRecorded((io) => reportCommand(output, {}, io))
  expect(code).toBe(0)
  const markdown = await readFile(join(folder, 'report.md'), 'utf8')
  expect(markdown).toContain('30 operations, 0 failed')
  expect(markdown).toContain('What this result cannot say')
  const compared = await runRecorded((io) => compareRunsCommand([output, output], {}, io))
  expect([compared.code, compared.stderr.length]).toEqual([3, 1])
  expect(compared.stderr[0]).toContain('an imported result cannot be compared')
})

test.each([
  [{ ...RESULT, measured_s: 'ten' }, {}, 'not a load result of version 1'],
  [RESULT, { noise: 'other.json' }, 'noise: does not apply to the result of one run'],
])(
  'a damaged result and options of a comparison are refused in one line',
  async (value, options, why) => {
    const { folder, path } = await written(value)
    const { code, stderr } = await runRecorded((io) => reportCommand(path, options, io))
    expect([code, stderr.length]).toEqual([3, 1])
    expect(stderr[0]).toContain(why)
    expect(await readdir(folder)).toEqual(['perf.json'])
  },
)
