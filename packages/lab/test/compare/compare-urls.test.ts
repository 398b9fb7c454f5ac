import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import {
  dropping,
  type FakeOptions,
  type Misbehaviour,
  onlyWhen,
  startFakeCartService,
  stayingSilent,
} from '../../../../test/support/fake-cart-service.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { ownFolder, runRecorded } from '../commands/commands-support.ts'
import { describingItself, interruptAt, readAndCheck, readJson } from './compare-support.ts'

interface Given {
  readonly a?: FakeOptions
  readonly b?: FakeOptions
  readonly labelA?: string
  readonly labelB?: string
  readonly signal?: AbortSignal
  readonly timeLimitMs?: number
  readonly iterations?: number
  readonly output?: string
}

async function compareFakes({ a, b, signal, ...more }: Given = {}) {
  await using first = await startFakeCartService(a)
  await using second = await startFakeCartService(b)
  const output = join(await ownFolder(), 'out')
  const options = { a: first.url, b: second.url, output, iterations: 2, clients: 4, seed: 5 }
  const ran = await runRecorded((io) => compareCommand({ ...options, ...more }, io), { signal })
  return { ...ran, output, first, second }
}

const POSTGRES = { status: 'ok', store: 'postgres', engine: 'external', read_consistency: 'strong' }
const DYNAMODB = { ...POSTGRES, store: 'dynamodb', read_consistency: 'eventual', emulator: false }

test('writes every file, and a report whose figures are those of the records', async () => {
  const { code, output, io, first, second } = await compareFakes({
    a: { misbehave: describingItself(POSTGRES) },
    b: { misbehave: describingItself(DYNAMODB) },
  })
  expect(code).toBe(EXIT.good)
  const { environment, combined, consistency, files, html } = await readAndCheck(output)
  expect(files.sort()).toEqual([
    'combined_results.json',
    'consistency_test_results.json',
    'dynamodb_results.json',
    'environment.json',
    'postgres_results.json',
    'report.html',
    'report.md',
    'results.json',
  ])
  expect(combined).toHaveLength(300)
  expect(consistency).toHaveLength(2 * 2 * 4)
  for (const database of ['postgres', 'dynamodb'])
    expect(await readJson(output, `${database}_results.json`)).toEqual(
      combined
        .filter((record) => record.database === database)
        .map(({ database: _, ...record }) => record),
    )
  expect(environment).toMatchObject({
    seed: 5,
    operations: 150,
    consistency_iterations: 2,
    concurrent_clients: 4,
    command: `npx pushcart compare --a ${first.url} --b ${second.url} --seed 5 --iterations 2 --clients 4`,
    sides: [
      { key: 'postgres', label: 'PostgreSQL', emulator: false, address: first.url },
      { key: 'dynamodb', label: 'DynamoDB (eventual reads)', address: second.url },
    ],
  })
  expect(html).not.toContain('emulator')
  expect(io.stdout.at(-1)).toBe(`Report: ${pathToFileURL(join(output, 'report.html'))}`)
  expect(io.stdout.join('\n')).toMatch(/Metric +PostgreSQL +DynamoDB \(eventual reads\) +Winner/)
  expect(io.stderr.join('\n')).toContain('(100 %)')
})

test('sends the same operations to both targets, including the warm-up', async () => {
  const { first, second } = await compareFakes()
  const sent = (service: typeof first) =>
    service.requests.map(({ method, path, body }) => [method, path, body])
  const quick = (service: typeof first) => sent(service).slice(1, 301)
  expect(quick(first)).toHaveLength(300)
  expect(quick(first)).toEqual(quick(second))
  const bodies = sent(first).map(([, , body]) => body)
  expect(bodies.slice(1, 101)).toEqual(bodies.slice(151, 251))
})

test('the targets take turns, in alternating order', async () => {
  const turns: string[] = []
  const note =
    (name: string): Misbehaviour =>
    () => {
      turns.push(name)
      return 'proper'
    }
  await compareFakes({ a: { misbehave: note('a') }, b: { misbehave: note('b') } })
  // The probes, then both times 150 operations on each side.
  expect(turns.slice(2, 602)).toEqual(
    Array.from({ length: 2 }, () => Array<string>(75).fill('abba'))
      .flat()
      .join('')
      .split(''),
  )
})

test('services that do not report their database are A and B, and nothing is guessed', async () => {
  const { output } = await compareFakes()
  const { environment, files, markdown } = await readAndCheck(output)
  expect(environment.sides.map(({ key, store }) => [key, store])).toEqual([
    ['a', null],
    ['b', null],
  ])
  expect(files).toEqual(expect.arrayContaining(['a_results.json', 'b_results.json']))
  expect(environment.sides[0]?.label).toMatch(/^A \(127\.0\.0\.1:\d+\)$/)
  expect(markdown).toContain('the service does not report its database')
  expect(markdown).not.toMatch(/# .*(PostgreSQL|DynamoDB)/)
})

test('two services on the same kind of database get different names', async () => {
  const { output } = await compareFakes({
    a: { misbehave: describingItself(POSTGRES) },
    b: { misbehave: describingItself(POSTGRES) },
  })
  const { environment } = await readAndCheck(output)
  expect(environment.sides.map(({ key, label }) => [key, label])).toEqual([
    ['postgres-a', 'PostgreSQL A'],
    ['postgres-b', 'PostgreSQL B'],
  ])
})

test("the user's labels take precedence, and never become unsafe file names", async () => {
  const { output } = await compareFakes({ labelA: '../../Übung <b>', labelB: 'combined' })
  const { environment, files, html } = await readAndCheck(output)
  expect(environment.command).toContain(" --label-a '../../Übung <b>' --b http")
  expect(environment.command).toContain(' --label-b combined ')
  expect(environment.sides.map(({ label }) => label)).toEqual(['../../Übung <b>', 'combined'])
  expect(files).toEqual(expect.arrayContaining(['bung_b_results.json', 'combined_b_results.json']))
  expect(html).toContain('../../Übung &lt;b&gt;')
})

test('figures of an embedded or emulated DynamoDB are labelled as such', async () => {
  const embedded = { store: 'dynamodb', engine: 'embedded', read_consistency: 'strong' }
  const { output, io } = await compareFakes({
    a: { misbehave: describingItself(POSTGRES) },
    b: { misbehave: describingItself(embedded) },
  })
  const { environment, markdown } = await readAndCheck(output)
  const words = 'emulator: not DynamoDB performance'
  expect(environment.sides[1]).toMatchObject({ key: 'dynamodb-strong', emulator: true })
  expect(markdown).toContain(words)
  expect(io.stdout.join('\n')).toContain(words)
})

test('failures in the middle of a run are reported and fail the comparison', async () => {
  const { code, output, io } = await compareFakes({
    b: { misbehave: onlyWhen(({ count }) => count > 200 && count % 3 === 0, dropping) },
  })
  expect(code).toBe(EXIT.checkFailed)
  const { combined, markdown } = await readAndCheck(output)
  const failed = combined.filter(({ success }) => !success)
  expect(failed.length).toBeGreaterThan(20)
  expect(failed.every(({ database, status_code }) => database === 'b' && status_code === 0)).toBe(
    true,
  )
  expect(markdown).toContain(`${failed.length} of 150 operations failed.`)
  expect(io.stderr.join('\n')).toContain(`failed: ${failed.length} of 300 operations`)
})

test('a service that loses updates fails the comparison, and the report names it', async () => {
  const { code, output } = await compareFakes({
    b: { adds: 'racy' },
    iterations: 1,
    labelA: 'Good',
    labelB: 'Bad',
  })
  expect(code).toBe(EXIT.checkFailed)
  const { markdown } = await readAndCheck(output)
  expect(markdown).toMatch(/Bad lost or duplicated acknowledged updates: of \d+ units acknowledged/)
  expect(markdown).not.toContain('Good lost')
})

test('a target that is gone before its consistency test gives a partial result', async () => {
  // Its 2 x 150 operations, and the question for its store before and between.
  const misbehave = onlyWhen(({ count }) => count > 301, dropping)
  const { code, output, io } = await compareFakes({ b: { misbehave }, labelB: 'Two' })
  expect(code).toBe(EXIT.invalidRun)
  expect(io.stderr.at(-1)).toMatch(
    /^Two: http:.* does not respond: .*results measured so far are in/,
  )
  expect(await readdir(output)).toContain('results.partial.json')
})

test('Ctrl-C writes partial files and no report', async () => {
  const { signal, misbehave } = interruptAt(200)
  const { code, output, io } = await compareFakes({ signal, b: { misbehave } })
  expect(code).toBe(EXIT.invalidRun)
  const files = await readdir(output)
  expect(files.sort()).toEqual([
    'a_results.partial.json',
    'b_results.partial.json',
    'combined_results.partial.json',
    'consistency_test_results.partial.json',
    'environment.partial.json',
    'results.partial.json',
  ])
  // One probe and 150 operations of warm-up came first.
  expect(await readJson(output, 'a_results.partial.json')).toHaveLength(49)
  expect(await readJson(output, 'b_results.partial.json')).toHaveLength(48)
  expect(io.stderr.at(-1)).toMatch(/^interrupted: /)
})

test('an interrupted comparison keeps the complete results of an earlier one', async () => {
  const { output } = await compareFakes({ iterations: 1 })
  const earlier = await readFile(join(output, 'results.json'), 'utf8')
  const { misbehave, ...interrupt } = interruptAt(200)
  await using host = await startFakeCartService({ misbehave })
  const options = { a: host.url, b: host.url, output, clients: 2 }
  const { code } = await runRecorded((io) => compareCommand(options, io), interrupt)
  expect(code).toBe(EXIT.invalidRun)
  expect(await readFile(join(output, 'results.json'), 'utf8')).toBe(earlier)
  const files = await readdir(output)
  expect(files).toEqual(expect.arrayContaining(['report.html', 'results.partial.json']))
})

test('a target that exceeds the time limit ends the comparison and is named', async () => {
  const { code, output, io } = await compareFakes({
    b: { misbehave: onlyWhen(({ count }) => count > 100, stayingSilent) },
    timeLimitMs: 3000,
  })
  expect(code).toBe(EXIT.invalidRun)
  expect(io.stderr.at(-1)).toMatch(/^B \(127\.0\.0\.1:\d+\) took longer than 3 s: /)
  expect(await readdir(output)).not.toContain('report.html')
})

test('a dead host ends the comparison with one line', async () => {
  await using alive = await startFakeCartService()
  const dead = await startFakeCartService()
  await dead[Symbol.asyncDispose]()
  const output = join(await ownFolder(), 'out')
  const options = { a: alive.url, b: dead.url, output }
  const { code, stderr } = await runRecorded((io) => compareCommand(options, io))
  expect(code).toBe(EXIT.invalidRun)
  expect(stderr).toEqual([`error: ${dead.url} does not respond: connection refused (ECONNREFUSED)`])
  expect(alive.requests).toHaveLength(1)
  expect(existsSync(output)).toBe(false)
})

test('results that cannot be written are reported before the run if possible', async () => {
  await using a = await startFakeCartService()
  await using b = await startFakeCartService()
  const output = await ownFolder()
  await mkdir(join(output, 'combined_results.json'))
  const options = { a: a.url, b: b.url, output }
  const { code, stderr } = await runRecorded((io) => compareCommand(options, io))
  expect(code).toBe(EXIT.usage)
  expect(stderr).toEqual([
    `error: output: cannot write ${join(output, 'combined_results.json')}: it is a folder`,
  ])
  expect(a.requests).toHaveLength(1)
})

test('results that can no longer be written end the comparison with one line', async () => {
  const output = join(await ownFolder(), 'out')
  const { code, io } = await compareFakes({
    output,
    b: {
      misbehave: ({ count }) => {
        if (count === 200) {
          rmSync(output, { recursive: true })
          writeFileSync(output, '')
        }
        return 'proper'
      },
    },
  })
  expect(code).toBe(EXIT.invalidRun)
  expect(io.stderr.filter((line) => line.startsWith('error'))).toEqual([
    `error: could not write ${join(output, 'results.json')}: a part of its path is a file, not a folder`,
  ])
})

test('bad arguments are reported in one line, before anything runs', async () => {
  const folder = await ownFolder()
  const file = join(folder, 'file')
  await writeFile(file, '')
  const output = join(folder, 'out')
  const bad = [
    [{ a: 'http://127.0.0.1:1' }, 'give both --a and --b'],
    [{ labelA: 'Ours' }, '--label-a and --label-b require --a and --b'],
    [{ a: 'nonsense', b: 'http://127.0.0.1:1' }, '"nonsense" is not an http or https URL'],
    [{ iterations: 0 }, 'iterations: must be an integer'],
    [{ clients: 1.5 }, 'clients: must be an integer'],
    [{ poolSize: 0 }, 'pool-size: must be an integer'],
    [
      { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:1', poolSize: 5 },
      'pool-size: applies to embedded services only',
    ],
    [{ network: '0.5' }, 'network: must be a round trip above 0 and up to 1000 ms'],
    [
      { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:1', network: 'rtt=1ms' },
      'network: applies to embedded services only',
    ],
    [{ seed: Number.NaN }, 'seed: must be an integer'],
    [{ output: join(file, 'out') }, 'a part of its path is a file'],
  ] as const
  for (const [options, message] of bad) {
    const { code, stderr } = await runRecorded((io) => compareCommand({ output, ...options }, io))
    expect([code, stderr.length]).toEqual([EXIT.usage, 1])
    expect(stderr[0]).toContain(message)
  }
})
