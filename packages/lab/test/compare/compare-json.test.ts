import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { readComparison } from '../../src/results/comparison-text.ts'
import { ownFolder, runRecorded } from '../commands/commands-support.ts'
import { interruptAt } from './compare-support.ts'

/** Compares two fakes with `--json`, interrupted at a request of the second fake. */
async function compareAsJson(at = Number.POSITIVE_INFINITY) {
  const { signal, misbehave } = interruptAt(at)
  await using a = await startFakeCartService()
  await using b = await startFakeCartService({ misbehave })
  const output = join(await ownFolder(), 'out')
  const options = { a: a.url, b: b.url, output, iterations: 1, clients: 2, json: true }
  const ran = await runRecorded((io) => compareCommand(options, io), { json: true, signal })
  return { code: ran.code, output, printed: ran.stdout.map((line) => JSON.parse(line)) }
}

test('--json prints progress and one result, one JSON object per line', async () => {
  const { code, output, printed } = await compareAsJson()
  expect(code).toBe(EXIT.good)
  const [end, ...progress] = printed.toReversed()
  expect(progress.length).toBeGreaterThan(3)
  expect(new Set(progress.map(({ type }) => type))).toEqual(new Set(['progress']))
  expect(end).toMatchObject({ type: 'result', exit_code: 0, partial: null })
  expect(end.results).toBe(join(output, 'results.json'))
  expect(end.report).toMatch(/^file:.*\/report\.html$/)
  expect(end.verdict).toMatch(/in this run/)
})

test('--json reports Ctrl-C, with the partial file of what was measured', async () => {
  const { code, output, printed } = await compareAsJson(200)
  expect(code).toBe(EXIT.invalidRun)
  const results = join(output, 'results.partial.json')
  expect(printed.at(-1)).toEqual({
    type: 'result',
    exit_code: 2,
    partial: 'interrupted',
    verdict: null,
    results,
    report: null,
  })
  expect(readComparison(await readFile(results, 'utf8')).cut_off).toBe('interrupted')
})

test('--json reports an error', async () => {
  const dead = await startFakeCartService()
  await dead[Symbol.asyncDispose]()
  const options = { a: dead.url, b: dead.url, output: join(await ownFolder(), 'out'), json: true }
  const ran = await runRecorded((io) => compareCommand(options, io), { json: true })
  const message = `${dead.url} does not respond: connection refused (ECONNREFUSED)`
  expect(ran.stderr).toEqual([`error: ${message}`])
  expect(ran.stdout.map((line) => JSON.parse(line))).toEqual([
    { type: 'error', exit_code: ran.code, message },
  ])
})
