import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { expect, onTestFinished, test } from 'vitest'
import { madeUpComparison, twoSides } from '../../../../test/support/comparison.ts'
import { judge } from '../../src/commands/judge-comparison.ts'
import { publish } from '../../src/commands/publish.ts'
import { comparisonForPipeline } from '../../src/commands/publish-comparison.ts'
import { buildReport } from '../../src/report/build-report.ts'
import { annotations } from '../../src/report/pipeline/annotations.ts'
import type { PipelineReport } from '../../src/report/pipeline/checks.ts'
import { junitXml } from '../../src/report/pipeline/junit.ts'
import { summaryMarkdown } from '../../src/report/pipeline/summary.ts'
import { recordingIo } from '../commands/commands-support.ts'
import { POSTGRES, side } from './fixtures.ts'

const REPORT: PipelineReport = {
  title: 'pushcart compare',
  headline: 'A | "B" <was> faster & more',
  table: [
    ['Metric', 'A | 1', 'B'],
    ['P50', '1.0 ms', '2.0 ms'],
  ],
  checks: [
    {
      group: 'conditions',
      name: 'not b.p99 > 2 & b.p99 < "3"',
      outcome: 'failed',
      detail: '3\u0000, 2',
    },
    { group: 'conditions', name: 'not a.p99 > 9', outcome: 'passed', detail: '1 and 9' },
    { group: 'run', name: 'blocks', outcome: 'inconclusive', detail: '100 % busy\nlong' },
  ],
  hints: ['look *here*'],
}

test('JUnit XML has the checks by group, with their outcomes', () => {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(junitXml(REPORT), 'text/xml')
  const suites = [...document.getElementsByTagName('testsuite')]
  expect(
    suites.map((suite) => [suite.getAttribute('name'), suite.getAttribute('failures')]),
  ).toEqual([
    ['conditions', '1'],
    ['run', '0'],
  ])
  const failure = document.getElementsByTagName('failure')[0]
  expect(failure?.getAttribute('message')).toBe('3?, 2')
  expect(
    [...document.getElementsByTagName('testcase')].map((one) => one.getAttribute('name')),
  ).toEqual(REPORT.checks.map(({ name }) => name))
  expect(document.getElementsByTagName('error')).toHaveLength(1)
})

test('annotations are one escaped line each, failures first', () => {
  expect(annotations(REPORT)).toEqual([
    '::error title=pushcart compare::conditions: not b.p99 > 2 & b.p99 < "3" failed (3\u0000, 2)',
    '::warning title=pushcart compare::run: blocks inconclusive (100 %25 busy%0Along)',
  ])
  const many = { ...REPORT, checks: Array.from({ length: 40 }, () => REPORT.checks[0] as never) }
  expect(annotations(many)).toHaveLength(10)
})

test('the summary fits on a screen and keeps its tables whole', () => {
  const checks = Array.from({ length: 100 }, () => REPORT.checks[1] as never)
  const lines = summaryMarkdown({ ...REPORT, checks }).split('\n')
  expect(lines.length).toBeLessThan(40)
  const rows = lines.filter((line) => line.startsWith('|'))
  for (const row of rows.slice(0, 3)) expect(row.match(/(?<!\\)\|/g)).toHaveLength(4)
  expect(lines).toContain('| and 88 more |  |  |')
})

test('a comparison is published with its conditions, without addresses or paths', async () => {
  const parts = madeUpComparison(twoSides(POSTGRES, 1, side('other', 'Other'), 2))
  const checked = [
    { condition: 'b.overall.p50 > 1.1 * a.overall.p50', outcome: 'met', left: 2, right: 1.1 },
    { condition: 'a.overall.p99 > 9', outcome: 'not_measurable', left: null, right: 9 },
  ] as const
  const report = comparisonForPipeline(buildReport(parts), { ...judge(parts, []), checked })
  expect(report.checks.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['not b.overall.p50 > 1.1 * a.overall.p50', 'failed'],
    ['not a.overall.p99 > 9', 'inconclusive'],
  ])
  expect(report.table.length).toBeGreaterThan(3)
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-pipeline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [summary, junit] = [join(folder, 'summary.md'), join(folder, 'junit.xml')]
  const io = recordingIo()
  const env = { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' }
  await publish(report, junit, io, env)
  await publish(report, undefined, io, env)
  const written = await readFile(summary, 'utf8')
  expect(written.match(/^## pushcart compare$/gm)).toHaveLength(2)
  expect(io.stdout).toEqual([])
  expect(io.stderr.filter((line) => line.startsWith('::error'))).toHaveLength(2)
  for (const text of [written, await readFile(junit, 'utf8'), ...io.stderr])
    expect(text).not.toMatch(/https?:\/\/|file:|(^|[\s(])\/[a-z]/m)
})

test('outside of a pipeline nothing is written, and a summary that cannot be written is one line', async () => {
  const io = recordingIo()
  await publish(REPORT, undefined, io, {})
  expect(io.stderr).toEqual([])
  await publish(REPORT, undefined, io, { GITHUB_STEP_SUMMARY: tmpdir() })
  expect(io.stderr).toEqual(['the summary could not be written: it is a folder'])
})
