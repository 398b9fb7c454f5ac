import { constants } from 'node:buffer'
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareRunsCommand } from '../../../lab/commands/compare-runs.ts'
import { reportCommand } from '../../../lab/commands/report.ts'
import { runCommand } from '../../../lab/commands/run-command.ts'
import { EXIT } from '../../../lab/errors/exit-codes.ts'
import { writeComparison } from '../../../lab/results/comparison-text.ts'
import { madeUpComparison } from '../../support/comparison.ts'
import { POSTGRES, side } from '../report/fixtures.ts'

let folder = ''
let results = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-report-command-'))
  results = join(folder, 'results.json')
  await writeFile(results, writeComparison(made(1)))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

function made(ms: number, blocks = 6) {
  const behaviours = [
    { side: POSTGRES, ms },
    { side: side('x', 'X'), ms: 2 },
  ]
  return madeUpComparison(behaviours, { blocks, seed: ms })
}

function terminal() {
  const lines = { out: [] as string[], err: [] as string[] }
  const io = {
    out: (line: string) => void lines.out.push(line),
    err: (line: string) => void lines.err.push(line),
  }
  return { io, lines }
}

test('the report is written again, beside the result file or into another folder', async () => {
  const { io, lines } = terminal()
  expect(await runCommand(io, false, () => reportCommand(results, {}, io))).toBe(EXIT.good)
  expect(
    await runCommand(io, false, () =>
      reportCommand(folder, { output: join(folder, 'elsewhere') }, io),
    ),
  ).toBe(EXIT.good)
  const [html, again] = await Promise.all(
    [folder, join(folder, 'elsewhere')].map((one) => readFile(join(one, 'report.html'), 'utf8')),
  )
  expect(html).toContain('PostgreSQL against X')
  // Only the link to the result file differs.
  expect(again).not.toBe(html)
  expect(again?.replaceAll('../results.json', 'results.json')).toBe(html)
  const links = [...(again ?? '').matchAll(/href="([^"#]+)#/g)].map(([, file]) => file)
  expect(new Set(links)).toEqual(new Set(['../results.json']))
  expect(await readdir(join(folder, 'elsewhere'))).toEqual(['report.html', 'report.md'])
  expect(lines.err).toEqual([])
  expect(lines.out.at(-1)).toMatch(/^Report: file:.*elsewhere\/report\.html$/)
})

test.each([
  ['damaged.json', '{"format": "pushcart comp', 'not JSON, or truncated'],
  ['empty.json', '', 'the file is empty'],
  ['foreign.json', '{"results": []}', "the value must have required property 'format'"],
  ['missing.json', null, 'no such file'],
])('%s gets one clear line and exit code 3', async (name, content, reason) => {
  const path = join(folder, name)
  if (content !== null) await writeFile(path, content)
  for (const command of [
    (io: ReturnType<typeof terminal>['io']) =>
      runCommand(io, false, () => reportCommand(path, {}, io)),
    (io: ReturnType<typeof terminal>['io']) =>
      runCommand(io, false, () => compareRunsCommand([results, path], {}, io)),
  ]) {
    const { io, lines } = terminal()
    expect(await command(io)).toBe(EXIT.usage)
    expect(lines.out).toEqual([])
    expect(lines.err).toHaveLength(1)
    expect(lines.err[0]).toContain(`error: ${path}: `)
    expect(lines.err[0]).toContain(reason)
  }
})

test('a file larger than the longest string is rejected before it is read', async () => {
  const path = join(folder, 'huge.json')
  // A sparse file uses no disk space.
  await using file = await open(path, 'w')
  await file.truncate(constants.MAX_STRING_LENGTH + 1)
  const { io, lines } = terminal()
  expect(await runCommand(io, false, () => reportCommand(path, {}, io))).toBe(EXIT.usage)
  expect(lines.err).toEqual([`error: ${path}: it is too large to read`])
})

test('an interrupted run can be reported, and its report says that it is partial', async () => {
  const path = join(folder, 'results.partial.json')
  await writeFile(path, writeComparison({ ...made(1, 2), cut_off: 'interrupted' }))
  const { io, lines } = terminal()
  const output = join(folder, 'partial')
  expect(await runCommand(io, false, () => reportCommand(path, { output }, io))).toBe(EXIT.good)
  const words = 'Partial results: the run ended early (interrupted). '
  expect(lines.out.join('\n')).toContain(words)
  const markdown = await readFile(join(output, 'report.md'), 'utf8')
  expect(markdown).toContain(`**${words}`)
  expect(markdown).toContain('](../results.partial.json#/load/slots')
})

test('the comparison of two runs is printed and written to two files', async () => {
  const newer = join(folder, 'newer.json')
  await writeFile(newer, writeComparison(made(3)))
  const { io, lines } = terminal()
  const output = join(folder, 'runs')
  expect(
    await runCommand(io, false, () => compareRunsCommand([results, newer], { output }, io)),
  ).toBe(EXIT.good)
  expect(lines.out.join('\n')).toMatch(/Get a cart, P50 +[01]\.\d\d ms +[23]\.\d\d ms +[23]\.\d\d/)
  expect(await readdir(output)).toEqual(['runs.html', 'runs.md'])
})

test('a run is not compared with itself', async () => {
  const { io, lines } = terminal()
  expect(await runCommand(io, false, () => compareRunsCommand([results, results], {}, io))).toBe(
    EXIT.usage,
  )
  expect(lines.err).toEqual([expect.stringMatching(/ contain the same run$/)])
})

test('a comparison of runs without a common load is inconclusive', async () => {
  const quick = join(folder, 'quick.json')
  await writeFile(quick, writeComparison({ ...made(1), load: null }))
  const { io, lines } = terminal()
  expect(await runCommand(io, false, () => compareRunsCommand([results, quick], {}, io))).toBe(
    EXIT.invalidRun,
  )
  expect(lines.err).toEqual([
    'error: no target has valid blocks under load in both files; compare with --rate or --closed first',
  ])
})
