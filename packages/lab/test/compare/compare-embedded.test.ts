import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareCommand } from '../../src/commands/compare.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'
import { descendants, readAndCheck } from './compare-support.ts'

const WORDS = 'emulator: not DynamoDB performance'

test('compares the embedded databases with one command', { timeout: 120_000 }, async () => {
  const output = join(await ownFolder(), 'out')
  const io = recordingIo()
  const code = await runCommand(io, false, () =>
    compareCommand({ output, iterations: 2, clients: 5, poolSize: 7 }, io),
  )
  expect(io.stderr.filter((line) => /error|failed/.test(line))).toEqual([])
  expect(code).toBe(EXIT.good)

  const { environment, combined, files, markdown } = await readAndCheck(output)
  expect(files).toEqual(
    expect.arrayContaining([
      'postgres_results.json',
      'dynamodb_results.json',
      'dynamodb_strong_results.json',
    ]),
  )
  expect(combined).toHaveLength(450)
  expect(combined.every(({ success }) => success)).toBe(true)
  expect(environment.sides).toMatchObject([
    { key: 'postgres', store: 'postgres', engine: 'embedded', emulator: false },
    { key: 'dynamodb-strong', store: 'dynamodb', read_consistency: 'strong', emulator: true },
    { key: 'dynamodb', store: 'dynamodb', read_consistency: 'eventual', emulator: true },
  ])
  expect(environment.sides.map(({ pool_size }) => pool_size)).toEqual([7, 7, 7])
  expect(environment.command).toContain(' --pool-size 7')
  expect(markdown).toContain('connection pool of at most 7 connections')
  expect(markdown).toContain('No acknowledged update of concurrent clients was lost')
  expect(markdown).toContain(WORDS)
  expect(io.stdout.join('\n')).toContain(WORDS)
  expect(await descendants('cli.ts')).toEqual([])
})

test('Ctrl-C during the measurement stops the services', { timeout: 120_000 }, async () => {
  const interrupt = new AbortController()
  const recorded = recordingIo(interrupt.signal)
  const io = {
    ...recorded,
    err(line: string) {
      recorded.err(line)
      if (line.startsWith('compare: ')) interrupt.abort()
    },
  }
  const output = join(await ownFolder(), 'out')
  expect(await runCommand(io, false, () => compareCommand({ output, iterations: 2 }, io))).toBe(
    EXIT.invalidRun,
  )
  expect(recorded.stderr.at(-1)).toMatch(/^interrupted: /)
  expect(await descendants('cli.ts')).toEqual([])
})

test('compares both layouts of PostgreSQL with DynamoDB over a stated network', {
  timeout: 180_000,
}, async () => {
  const output = join(await ownFolder(), 'out')
  const io = recordingIo()
  const code = await runCommand(io, false, () =>
    compareCommand(
      { output, iterations: 1, clients: 3, layouts: 'rows,document', network: 'rtt=0.5ms' },
      io,
    ),
  )
  expect(io.stderr.filter((line) => /error|failed/.test(line))).toEqual([])
  expect(code).toBe(EXIT.good)
  const { environment, combined, markdown } = await readAndCheck(output)
  expect(combined).toHaveLength(600)
  expect(environment.sides).toMatchObject([
    { key: 'postgres', layout: 'rows', engine: 'embedded' },
    { key: 'postgres-document', layout: 'document', engine: 'embedded' },
    { key: 'dynamodb-strong', emulator: true },
    { key: 'dynamodb', emulator: true },
  ])
  expect(environment.network?.rtt_ms).toBe(0.5)
  expect(markdown).toContain('a proxy between each service and its database adds 0.5 ms')
  expect(markdown).toContain('Engine or data model?')
  expect(await descendants('run-network.ts')).toEqual([])
})
