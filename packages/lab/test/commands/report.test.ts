import { constants } from 'node:buffer'
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { madeUpComparison } from '../../../../test/support/comparison.ts'
import { useFolder } from '../../../../test/support/folder.ts'
import { compareRunsCommand } from '../../src/commands/compare-runs.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { writeComparison } from '../../src/results/comparison-text.ts'
import { POSTGRES, side } from '../report/fixtures.ts'
import { runRecorded } from './commands-support.ts'

const folder = useFolder()
const results = join(folder, 'results.json')
await writeFile(results, writeComparison(made(1)))

function made(ms: number, blocks = 6) {
  const behaviours = [
    { side: POSTGRES, ms },
    { side: side('x', 'X'), ms: 2 },
  ]
  return madeUpComparison(behaviours, { blocks, seed: ms })
}

test('the report is written again, beside the result file or into another folder', async () => {
  const output = join(folder, 'elsewhere')
  const beside = await runRecorded((io) => reportCommand(results, {}, io))
  const elsewhere = await runRecorded((io) => reportCommand(folder, { output }, io))
  expect([beside.code, elsewhere.code]).toEqual([EXIT.good, EXIT.good])
  const [html, again] = await Promise.all(
    [folder, output].map((one) => readFile(join(one, 'report.html'), 'utf8')),
  )
  expect(html).toContain('PostgreSQL against X')
  // Only the link to the result file differs.
  expect(again).not.toBe(html)
  expect(again?.replaceAll('../results.json', 'results.json')).toBe(html)
  const links = [...(again ?? '').matchAll(/href="([^"#]+)#/g)].map(([, file]) => file)
  expect(new Set(links)).toEqual(new Set(['../results.json']))
  expect(await readdir(output)).toEqual(['report.html', 'report.md'])
  expect([...beside.stderr, ...elsewhere.stderr]).toEqual([])
  expect(elsewhere.stdout.at(-1)).toMatch(/^Report: file:.*elsewhere\/report\.html$/)
})

test.each([
  ['damaged.json', '{"format": "pushcart comp', 'not JSON, or truncated'],
  ['empty.json', '', 'the file is empty'],
  ['foreign.json', '{"results": []}', "the value must have required property 'format'"],
  ['missing.json', null, 'no such file'],
])('%s gets one clear line and exit code 3', async (name, content, reason) => {
  const path = join(folder, name)
  if (content !== null) await writeFile(path, content)
  const runs = [
    await runRecorded((io) => reportCommand(path, {}, io)),
    await runRecorded((io) => compareRunsCommand([results, path], {}, io)),
  ]
  for (const { code, stdout, stderr } of runs) {
    expect([code, stdout.length, stderr.length]).toEqual([EXIT.usage, 0, 1])
    expect(stderr[0]).toContain(`error: ${path}: `)
    expect(stderr[0]).toContain(reason)
  }
})

test('a file larger than the longest string is rejected before it is read', async () => {
  const path = join(folder, 'huge.json')
  // A sparse file uses no disk space.
  await using file = await open(path, 'w')
  await file.truncate(constants.MAX_STRING_LENGTH + 1)
  const { code, stderr } = await runRecorded((io) => reportCommand(path, {}, io))
  expect(code).toBe(EXIT.usage)
  expect(stderr).toEqual([`error: ${path}: it is too large to read`])
})

test('an interrupted run can be reported, and its report says that it is partial', async () => {
  const path = join(folder, 'results.partial.json')
  await writeFile(path, writeComparison({ ...made(1, 2), cut_off: 'interrupted' }))
  const output = join(folder, 'partial')
  const { code, stdout } = await runRecorded((io) => reportCommand(path, { output }, io))
  expect(code).toBe(EXIT.good)
  const words = 'Partial results: the run ended early (interrupted). '
  expect(stdout.join('\n')).toContain(words)
  const markdown = await readFile(join(output, 'report.md'), 'utf8')
  expect(markdown).toContain(`**${words}`)
  expect(markdown).toContain('](../results.partial.json#/load/slots')
})

test('the comparison of two runs is printed and written to two files', async () => {
  const newer = join(folder, 'newer.json')
  await writeFile(newer, writeComparison(made(3)))
  const output = join(folder, 'runs')
  const compared = await runRecorded((io) => compareRunsCommand([results, newer], { output }, io))
  expect(compared.code).toBe(EXIT.good)
  expect(compared.stdout.join('\n')).toMatch(
    /Get a cart, P50 +[01]\.\d\d ms +[23]\.\d\d ms +[23]\.\d\d/,
  )
  expect(await readdir(output)).toEqual(['runs.html', 'runs.md'])
})

test('a run is not compared with itself', async () => {
  const { code, stderr } = await runRecorded((io) => compareRunsCommand([results, results], {}, io))
  expect(code).toBe(EXIT.usage)
  expect(stderr).toEqual([expect.stringMatching(/ contain the same run$/)])
})

test('a comparison of runs without a common load is inconclusive', async () => {
  const quick = join(folder, 'quick.json')
  await writeFile(quick, writeComparison({ ...made(1), load: null }))
  const { code, stderr } = await runRecorded((io) => compareRunsCommand([results, quick], {}, io))
  expect(code).toBe(EXIT.invalidRun)
  expect(stderr).toEqual([
    'error: no target has valid blocks under load in both files; compare with --rate or --closed first',
  ])
})

test('--evidence is recorded in the result file, and a later report needs no other file', {
  timeout: 120_000,
}, async () => {
  const own = join(folder, 'evidence')
  await mkdir(own)
  const path = join(own, 'results.json')
  await writeFile(path, writeComparison(made(1)))
  const figures = join(own, 'monitoring.yaml')
  await writeFile(
    figures,
    [
      'format: pushcart figures',
      'version: 1',
      'by: CloudWatch, db.m7g.large',
      'measured_at: 2026-11-29',
      'stores:',
      '  postgres:',
      '    cart_bytes: 4321',
      '',
    ].join('\n'),
  )
  const first = await runRecorded((io) => reportCommand(path, { evidence: [figures] }, io))
  expect([first.code, first.stderr]).toEqual([EXIT.good, []])
  const recorded = JSON.parse(await readFile(path, 'utf8')).evidence
  expect(recorded).toMatchObject([
    {
      by: 'CloudWatch, db.m7g.large',
      figures: [{ store: 'postgres', name: 'cart_bytes', value: 4321 }],
    },
  ])
  const html = await readFile(join(own, 'report.html'), 'utf8')
  await rm(figures)
  const again = await runRecorded((io) => reportCommand(path, {}, io))
  expect(again.code).toBe(EXIT.good)
  expect(await readFile(join(own, 'report.html'), 'utf8')).toBe(html)

  await writeFile(figures, 'format: pushcart figures\nversion: 1\nstores: 3\n')
  const bad = await runRecorded((io) => reportCommand(path, { evidence: [figures] }, io))
  expect([bad.code, bad.stderr.length]).toEqual([EXIT.usage, 1])
})
