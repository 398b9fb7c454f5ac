import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareCommand } from '../../../lab/commands/compare.ts'
import { runCommand } from '../../../lab/commands/run-command.ts'
import { EXIT } from '../../../lab/errors/exit-codes.ts'
import { readComparison } from '../../../lab/results/comparison-text.ts'
import { startFakeCartService } from '../../support/fake-cart-service.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'

/** Compares two fakes with `--json`, interrupted at a request of the second fake. */
async function compareAsJson(interruptAt = Number.POSITIVE_INFINITY) {
  const interrupt = new AbortController()
  await using a = await startFakeCartService()
  await using b = await startFakeCartService({
    misbehave: ({ count }) => {
      if (count === interruptAt) interrupt.abort()
      return 'proper'
    },
  })
  const io = recordingIo(interrupt.signal)
  const output = join(await ownFolder(), 'out')
  const urls = { a: a.url, b: b.url }
  const code = await runCommand(io, true, () =>
    compareCommand({ ...urls, output, iterations: 1, clients: 2, json: true }, io),
  )
  return { code, output, io, printed: io.stdout.map((line) => JSON.parse(line)) }
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
  const io = recordingIo()
  const output = join(await ownFolder(), 'out')
  const code = await runCommand(io, true, () =>
    compareCommand({ a: dead.url, b: dead.url, output, json: true }, io),
  )
  const message = `${dead.url} does not respond: connection refused (ECONNREFUSED)`
  expect(io.stderr).toEqual([`error: ${message}`])
  expect(io.stdout.map((line) => JSON.parse(line))).toEqual([
    { type: 'error', exit_code: code, message },
  ])
})
