import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { madeUpComparison } from '../../../../test/support/comparison.ts'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { checkCommand } from '../../src/commands/check.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { compareRunsCommand } from '../../src/commands/compare-runs.ts'
import { chooseConsistency } from '../../src/commands/consistency-choice.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { type CommandResult, runCommand } from '../../src/commands/run-command.ts'
import { EXIT, EXIT_MEANINGS } from '../../src/errors/exit-codes.ts'
import { writeComparison } from '../../src/results/comparison-text.ts'
import type { CommandIo } from '../../src/terminal/io.ts'
import { POSTGRES, side } from '../report/fixtures.ts'
import { ownFolder, recordingIo } from './commands-support.ts'

interface Given {
  readonly host: string
  /** A folder. */
  readonly folder: string
  readonly output: string
  readonly seed: number
}

interface Row {
  readonly name: string
  readonly json: boolean
  /** The result in `output` that must survive a failed run. */
  readonly result: string
  readonly run: (given: Given, io: CommandIo) => Promise<CommandResult>
}

const LOAD = { rate: 50, duration: 1, warmup: 0, carts: 1, linesPerCart: 1, mix: 'read-heavy' }

const commandRow = (name: string, result: string, run: Row['run']): Row => ({
  name,
  json: name.includes('--json'),
  result,
  run,
})

const MEASURING: readonly Row[] = [
  commandRow('perf', '', ({ host, output, seed }, io) => perfCommand({ host, output, seed }, io)),
  commandRow('perf --rate --json', '', (given, io) =>
    perfCommand({ ...LOAD, ...given, json: true }, io),
  ),
  commandRow('consistency', '', ({ host, ...given }, io) =>
    chooseConsistency({ ...given, clients: 2, host: [host] }, io),
  ),
  commandRow('consistency --seconds', 'history.ndjson', ({ host, ...given }, io) =>
    chooseConsistency({ ...given, clients: 2, seconds: 1, host: [host] }, io),
  ),
  commandRow('compare --json', 'results.json', ({ host, ...given }, io) =>
    compareCommand({ ...given, clients: 2, a: host, b: host, json: true }, io),
  ),
  commandRow('compare --rate', 'results.json', ({ host, ...given }, io) =>
    compareCommand({ ...given, ...LOAD, a: host, b: host }, io),
  ),
]

const comparisonOf = (ms: number) =>
  writeComparison(
    madeUpComparison([
      { side: POSTGRES, ms },
      { side: side('x', 'X'), ms: 2 },
    ]),
  )

/** Writes the two result files that the reading commands read. */
async function results(folder: string): Promise<[string, string]> {
  const files: [string, string] = [join(folder, 'old.json'), join(folder, 'new.json')]
  await writeFile(files[0], comparisonOf(1))
  await writeFile(files[1], comparisonOf(3))
  return files
}

const HISTORY = [
  {
    format: 'pushcart-history',
    format_version: 1,
    seed: 1,
    service: { name: 'x', versions: false, keys: false },
    faults: [],
  },
]

const READING: readonly Row[] = [
  commandRow('check', 'report.json', async ({ folder, output, seed }, io) => {
    const file = join(folder, 'h.ndjson')
    const lines = seed === 1 ? HISTORY : ['damaged']
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    return checkCommand([file], { output }, io)
  }),
  commandRow('report', 'report.html', async ({ folder, output, seed }, io) => {
    const [file] = await results(folder)
    return reportCommand(seed === 1 ? file : join(folder, 'none.json'), { output }, io)
  }),
  commandRow('compare old.json new.json', 'runs.html', async ({ folder, output, seed }, io) => {
    const [older, newer] = await results(folder)
    return compareRunsCommand([older, seed === 1 ? newer : older], { output }, io)
  }),
]

/** Runs a command into an output with an earlier result, and checks what holds for every failure. */
async function failing({ json, result, run }: Row, given: Partial<Given>, signal?: AbortSignal) {
  const folder = await ownFolder()
  const output = given.output ?? join(folder, 'out')
  const earlier = join(output, result)
  if (given.output === undefined) {
    if (result !== '') await mkdir(output)
    await writeFile(earlier, 'earlier')
  }
  const io = recordingIo(signal)
  const all = { host: 'http://127.0.0.1:1', folder, seed: 1, ...given, output }
  const code = await runCommand(io, json, () => run(all, io))
  const last = io.stderr.at(-1) ?? ''
  expect(last).toMatch(/^error: [^\n]+$/)
  expect(io.stdout.slice(json ? -1 : 0)).toEqual(
    json
      ? [JSON.stringify({ type: 'error', exit_code: code, message: last.slice('error: '.length) })]
      : [],
  )
  if (given.output === undefined) expect(await readFile(earlier, 'utf8')).toBe('earlier')
  return { code, last }
}

describe.each(MEASURING)('pushcart $name', (row) => {
  it('exits 2 for a dead host', async () => {
    const { code, last } = await failing(row, {})
    expect(code).toBe(EXIT.invalidRun)
    expect(last).toMatch(/127\.0\.0\.1:1\/? does not respond: connection refused \(ECONNREFUSED\)$/)
  })

  it('exits 3 for an invalid option', async () => {
    const { code, last } = await failing(row, { seed: 0.5 })
    expect(code).toBe(EXIT.usage)
    expect(last).toMatch(/^error: seed: .*0\.5/)
  })

  it('exits 2 for an interruption before anything was measured', async () => {
    const interrupt = new AbortController()
    await using service = await startFakeCartService({
      misbehave() {
        interrupt.abort()
        return 'proper'
      },
    })
    const { code, last } = await failing(row, { host: service.url }, interrupt.signal)
    expect(code).toBe(EXIT.invalidRun)
    expect(last).toBe('error: interrupted before anything was measured')
  })
})

describe.each(READING)('pushcart $name', (row) => {
  it('exits 3 for an unusable file', async () => {
    expect((await failing(row, { seed: 2 })).code).toBe(EXIT.usage)
  })

  it('exits 2 when it was interrupted', async () => {
    const { code, last } = await failing(row, {}, AbortSignal.abort())
    expect(code).toBe(EXIT.invalidRun)
    expect(last).toBe('error: interrupted before anything was measured')
  })
})

it.each([...MEASURING, ...READING])(
  'pushcart $name exits 3 for an unwritable output',
  async (row) => {
    await using service = await startFakeCartService()
    const file = join(await ownFolder(), 'file')
    await writeFile(file, '')
    const given = { host: service.url, output: join(file, 'x') }
    const { code, last } = await failing(row, given)
    expect(code).toBe(EXIT.usage)
    expect(last).toContain(': a part of its path is a file, not a folder')
  },
)

it('an unforeseen error is one line and inconclusive', async () => {
  const io = recordingIo()
  const code = await runCommand(io, true, async () => {
    throw new TypeError('first line\nsecond line')
  })
  expect(code).toBe(EXIT.invalidRun)
  expect(io.stderr).toEqual(['error: first line'])
  expect(JSON.parse(io.stdout.join())).toEqual({
    type: 'error',
    exit_code: 2,
    message: 'first line',
  })
})

test('the README lists the exit codes of --help', async () => {
  const readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8')
  for (const [code, meaning] of Object.entries(EXIT_MEANINGS))
    expect(readme).toContain(`| ${code} | ${meaning} |`)
})
