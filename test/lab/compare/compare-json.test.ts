import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareCommand } from '../../../lab/commands/compare.ts'
import { EXIT } from '../../../lab/errors/exit-codes.ts'
import { readComparison } from '../../../lab/results/comparison-file.ts'
import { startFakeCartService } from '../../support/fake-cart-service.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'

/** A comparison of two fakes for a program; `interruptAt` is the request of the second at which Ctrl-C comes. */
async function compareForProgram(interruptAt = Number.POSITIVE_INFINITY) {
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
  const code = await compareCommand({ ...urls, output, iterations: 1, clients: 2, json: true }, io)
  return { code, output, io, told: io.stdout.map((line) => JSON.parse(line)) }
}

test('a program gets progress and one result, a JSON object a line', async () => {
  const { code, output, told } = await compareForProgram()
  expect(code).toBe(EXIT.good)
  const [end, ...progress] = told.toReversed()
  expect(progress.length).toBeGreaterThan(3)
  expect(new Set(progress.map(({ type }) => type))).toEqual(new Set(['progress']))
  expect(end).toMatchObject({ type: 'result', exit_code: 0, partial: null })
  expect(end.results).toBe(join(output, 'results.json'))
  expect(end.report).toMatch(/^file:.*\/report\.html$/)
  expect(end.verdict).toMatch(/in this run/)
})

test('Ctrl-C is told to a program, with the file that holds what was measured, marked as partial', async () => {
  const { code, output, told } = await compareForProgram(200)
  expect(code).toBe(EXIT.invalidRun)
  const results = join(output, 'results.partial.json')
  expect(told.at(-1)).toEqual({
    type: 'result',
    exit_code: 2,
    partial: 'interrupted',
    verdict: null,
    results,
    report: null,
  })
  expect(readComparison(await readFile(results, 'utf8')).cut_off).toBe('interrupted')
})

test('an error is told to a program, too', async () => {
  const dead = await startFakeCartService()
  await dead[Symbol.asyncDispose]()
  const io = recordingIo()
  const output = join(await ownFolder(), 'out')
  const code = await compareCommand({ a: dead.url, b: dead.url, output, json: true }, io)
  const message = `${dead.url} does not answer: connection refused (ECONNREFUSED)`
  expect(io.stderr).toEqual([`error: ${message}`])
  expect(io.stdout.map((line) => JSON.parse(line))).toEqual([
    { type: 'error', exit_code: code, message },
  ])
})
