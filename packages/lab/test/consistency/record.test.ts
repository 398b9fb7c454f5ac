import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatHistory, type Report, readHistory } from '@pushcart/histories'
import { expect, test } from 'vitest'
import { runCli } from '../../../../test/commands/cli.ts'
import {
  type Design,
  startCartServer,
  type Versions,
} from '../../../../test/support/cart-server.ts'
import { simulate } from '../../../histories/test/support/wrong-stores/simulate.ts'
import { WRONG_STORES } from '../../../histories/test/support/wrong-stores/wrong-stores.ts'
import { checkCommand } from '../../src/commands/check.ts'
import { chooseConsistency } from '../../src/commands/consistency-choice.ts'
import { recordCommand } from '../../src/commands/consistency-record.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'

const QUICK = { seconds: 1, clients: 8, seed: 1, settleMs: 100 }

/** Runs the command against a new service. */
async function record(
  design: Design,
  { versions = false, clients = 8, seconds = 0.8, signal, abort }: Partial<Recorded> = {},
) {
  await using server = await startCartServer(design, { versions })
  const folder = await ownFolder()
  const recording = recordingIo(signal)
  const err = (line: string) => {
    recording.err(line)
    if (line.startsWith('consistency')) abort?.abort()
  }
  const io = { ...recording, err }
  const code = await runCommand(io, false, () =>
    recordCommand(
      { ...QUICK, seconds, clients, host: [server.url], output: folder, check: { shrinkMs: 200 } },
      io,
    ),
  )
  const isPartial = existsSync(join(folder, 'report.partial.json'))
  const file = join(folder, isPartial ? 'report.partial.json' : 'report.json')
  const report = JSON.parse(await readFile(file, 'utf8'))
  return {
    code,
    folder,
    said: io.stdout.join('\n'),
    report: report as Report & { cut_off: boolean },
  }
}

interface Recorded {
  readonly versions: boolean | Versions
  readonly clients: number
  readonly seconds: number
  readonly signal: AbortSignal
  /** Aborted at the first line of progress. */
  readonly abort: AbortController
}

function anomalies({ findings }: Report): Set<string> {
  return new Set(findings.flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly)))
}

test('a correct service with the three core endpoints passes, and the report lists what was not checked', async () => {
  const { code, report, said } = await record('correct')
  expect(code).toBe(0)
  expect(report.verdict).toBe('holds')
  expect(report.coverage.overlaps).toBeGreaterThan(30)
  expect(said).toContain('not checked: version order (the service has no versions)')
})

test.each(['one sequence', 'milliseconds'] as const)(
  'a correct service whose entity tags are numbers of %s passes',
  async (versions) => {
    const { code, report, said } = await record('correct', { versions })
    expect(code).toBe(0)
    expect(report.verdict).toBe('holds')
    expect(said).toMatch(
      /not checked: version order \((the versions of the service do not rise|the service has no versions)/,
    )
  },
)

test('lost concurrent adds are found without versions', async () => {
  const { code, report, said } = await record('read-modify-write')
  expect(code).toBe(1)
  expect(anomalies(report)).toSatisfy(
    (found: Set<string>) => found.has('lost_add') || found.has('stale_read'),
  )
  expect(said).toMatch(/effect on shoppers: .+/)
})

test('the command line finds violations on several instances and exits 1', async () => {
  await using server = await startCartServer('added twice')
  const output = await ownFolder()
  const hosts = ['--host', server.url, '--host', `${server.url}/`]
  const more = ['--seconds', '0.8', '--clients', '6', '--output', output]
  const { code, out, err } = await runCli(['consistency', ...hosts, ...more])
  expect(code).toBe(1)
  expect(out).toContain('Violated: ')
  expect(err).toContain('the service supports: create, get, add\n')
  const { operations } = await readHistory(join(output, 'history.ndjson'))
  expect(new Set(operations.map(({ process }) => process))).toEqual(new Set(['i0', 'i1']))
})

test('duplicated adds are found without versions', async () => {
  const { code, report } = await record('added twice')
  expect(code).toBe(1)
  expect(anomalies(report)).toContain('duplicated_add')
})

test('a read cache is found and explained, with the share of stale reads', async () => {
  const { code, report, folder } = await record('stale cache')
  expect(code).toBe(1)
  expect(anomalies(report)).toContain('own_write_unseen')
  expect(report.staleness[0]?.stale.share).toBeGreaterThan(0.1)
  const html = await readFile(join(folder, 'report.html'), 'utf8')
  expect(html).toContain('no valid ordering exists beyond this point')
  expect(html).toContain('Read misses the session’s own write')
  expect(html).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/)
  const markdown = await readFile(join(folder, 'report.md'), 'utf8')
  expect(markdown).toContain('| read your writes |')
})

test('a duplicated change is found if idempotency keys are checked separately from the write', async () => {
  const { code, report } = await record('key apart from the write', {
    versions: true,
    seconds: 1.5,
  })
  expect(code).toBe(1)
  expect(anomalies(report)).toContain('duplicated_change')
})

test('a recorded history is checked again with the same outcome', async () => {
  const { folder, code, report } = await record('correct', { versions: true })
  expect(code).toBe(0)
  const io = recordingIo()
  expect(
    await runCommand(io, false, () => checkCommand([join(folder, 'history.ndjson')], {}, io)),
  ).toBe(0)
  const history = await readHistory(join(folder, 'history.ndjson'))
  expect(history.operations.length).toBe(report.operations)
  expect(io.stdout.at(-1)).toContain('All checked guarantees hold')
})

test('a recording of one client is inconclusive', async () => {
  const { code, report } = await record('correct', { clients: 1 })
  expect(code).toBe(2)
  expect(report.verdict).toBe('proves_nothing')
})

test('a history of which most operations failed is inconclusive, with their share', async () => {
  const folder = await ownFolder()
  const { header, operations } = simulate({ seed: 1, operations: 200 })
  // As after 500 from an overloaded service.
  const failing = operations.map(({ lines, version, cart_status, ...one }) =>
    one.kind === 'get' && one.final !== true
      ? { ...one, status: 'info' as const, error: undefined, faults: undefined }
      : { ...one, lines, version, cart_status },
  )
  const file = join(folder, 'history.ndjson')
  await writeFile(file, formatHistory({ header, operations: failing }))
  const io = recordingIo()
  expect(await runCommand(io, false, () => checkCommand([file], {}, io))).toBe(2)
  expect(io.stdout.at(-1)).toMatch(
    /^Inconclusive: \d+ of \d+ operations failed \(\d\d %\); at most 20 % may\.$/,
  )
})

test('Ctrl-C keeps what was recorded, in partial files', async () => {
  const controller = new AbortController()
  const running = record('correct', { seconds: 2, signal: controller.signal, abort: controller })
  const { code, folder, report } = await running
  expect(code).toBe(2)
  expect(report.cut_off).toBe(true)
  const path = join(folder, 'history.partial.ndjson')
  const { header, operations } = await readHistory(path)
  expect(header.cut_off).toBe(true)
  expect(operations.length).toBeGreaterThan(0)
  const io = recordingIo()
  expect(await runCommand(io, false, () => checkCommand([path], {}, io))).toBe(2)
})

test('a dead host is reported in one line', async () => {
  const io = recordingIo()
  const output = await ownFolder()
  const nobody = { ...QUICK, host: ['http://127.0.0.1:1'], output }
  expect(await runCommand(io, false, () => recordCommand(nobody, io))).toBe(2)
  expect(io.stderr.at(-1)).toContain('does not respond: connection refused')
})

test.each([
  [{}, 'host: missing'],
  [{ host: ['nonsense'], seconds: 1 }, 'is not an http or https URL'],
  [{ host: ['http://a', 'http://b'] }, 'several instances require --seconds'],
  [{ host: ['http://a'], seconds: 0 }, 'seconds'],
  [{ host: ['http://a'], seconds: 1, clients: 0 }, 'clients'],
  [
    { host: ['http://a'], seconds: 1, without: ['add'] },
    'unknown operation "add"; expected one of ',
  ],
  [{ host: ['http://a'], faults: true }, '--embedded'],
  [
    { embedded: ['oracle'] },
    'unknown store "oracle"; expected one of postgres, postgres-document, dynamodb',
  ],
  [{ embedded: ['postgres'], host: ['http://a'] }, 'excludes --host'],
  [{ embedded: ['postgres'], replica: 'http://a' }, 'replica: '],
  [{ embedded: ['postgres'], iterations: 3 }, 'iterations: '],
  [{ host: ['http://a'], seconds: 1, iterations: 3 }, 'iterations: '],
  [{ host: ['http://a'], replica: 'http://b' }, 'several instances'],
  [{ host: ['http://a'], without: ['merge'] }, 'without: '],
])('bad options are reported in one line: %j', async (options, line) => {
  const io = recordingIo()
  const all = { clients: 4, seed: 1, output: await ownFolder(), ...options }
  expect(await runCommand(io, false, () => chooseConsistency(all, io))).toBe(3)
  expect(io.stderr).toEqual([expect.stringContaining(line)])
})

test.skipIf(process.platform !== 'linux')(
  'a folder in which nothing can be created is reported at once, in one line',
  async () => {
    const io = recordingIo()
    const file = join(await ownFolder(), 'history.ndjson')
    await writeFile(file, formatHistory(simulate({ seed: 1, operations: 5 })))
    expect(
      await runCommand(io, false, () => checkCommand([file], { output: '/proc/x/y' }, io)),
    ).toBe(3)
    expect(io.stderr).toEqual([expect.stringContaining('no folder can be created there')])
  },
)

test('histories of several stores go into one report, and the worst outcome decides the exit code', async () => {
  const folder = await ownFolder()
  const [right, wrong] = [join(folder, 'right.ndjson'), join(folder, 'wrong.ndjson')]
  const history = simulate({ seed: 1, operations: 60 })
  await writeFile(right, formatHistory(history))
  const store = WRONG_STORES['If-Match ignored']
  const other = simulate({ seed: 1, operations: 60, ...(store && { store }) })
  const service = { ...other.header.service, name: 'other at http://127.0.0.1:1' }
  await writeFile(wrong, formatHistory({ ...other, header: { ...other.header, service } }))
  const io = recordingIo()
  expect(await runCommand(io, false, () => checkCommand([right], {}, io))).toBe(0)
  expect(
    await runCommand(io, false, () => checkCommand([right, wrong], { output: folder }, io)),
  ).toBe(1)
  const { stores } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))
  expect(stores.map(({ verdict }: Report) => verdict)).toEqual(['holds', 'violated'])
  const html = await readFile(join(folder, 'report.html'), 'utf8')
  expect(html).toContain('<h1>Consistency of simulated and other</h1>')
  expect(html).toMatch(/data-column="other, changes"><span><span class="tone-bad">VIOLATED/)
  expect(html).toContain('other: conditions, changes, 1 of')
})

test.each([
  ['missing.ndjson', undefined, 'no such file'],
  ['empty.ndjson', '', 'line 1'],
  ['other.ndjson', '{"format":"something"}\n', 'line 1: not a history'],
])('check tells what is wrong with %s', async (name, content, line) => {
  const folder = await ownFolder()
  const file = join(folder, name)
  if (content !== undefined) await writeFile(file, content)
  const io = recordingIo()
  expect(await runCommand(io, false, () => checkCommand([file], {}, io))).toBe(3)
  expect(io.stderr).toEqual([expect.stringContaining(line)])
})
