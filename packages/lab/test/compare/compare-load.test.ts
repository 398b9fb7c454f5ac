import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { madeUpComparison } from '../../../../test/support/comparison.ts'
import {
  answering,
  dropping,
  type FakeOptions,
  onlyWhen,
  startFakeCartService,
} from '../../../../test/support/fake-cart-service.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { type CompareOptions, compareSettings } from '../../src/commands/compare-settings.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import type { ComparisonFile } from '../../src/results/comparison-file.ts'
import { readComparison, writeComparison } from '../../src/results/comparison-text.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'
import { checkFigures } from '../report/check-figures.ts'
import { POSTGRES } from '../report/fixtures.ts'
import { recomputeLoad } from '../report/recompute-load.ts'

/** Each run starts a process, which takes long on a busy machine. */
const SLOW = { timeout: 240_000 }
/** No limits, so that no test fails on a busy machine; other tests check the limits. */
const LAX = { utilisation: 1, lagMs: 1e9, lagShare: 1, secondLagMs: 1e9, badSeconds: 1 }
const LOAD = {
  rate: 300,
  duration: 0.4,
  warmup: 0.25,
  connections: 4,
  mix: 'read-heavy',
  carts: 20,
  linesPerCart: 1,
  blocks: 2,
} as const

interface Given extends CompareOptions {
  readonly fakeB?: FakeOptions
  readonly limits?: typeof LAX
  readonly signal?: AbortSignal
  /** Sees every line of progress. */
  readonly onLine?: (line: string) => void
}

async function compareUnderLoad({ fakeB, limits = LAX, signal, onLine, ...options }: Given = {}) {
  await using first = await startFakeCartService()
  await using second = await startFakeCartService(fakeB)
  const output = join(await ownFolder(), 'out')
  const io = recordingIo(signal)
  const watched = {
    ...io,
    err(line: string) {
      io.err(line)
      onLine?.(line)
    },
  }
  const services = { a: first.url, b: second.url, labelA: 'One', labelB: 'Two' }
  const small = { iterations: 1, clients: 2, seed: 5 }
  const code = await runCommand(watched, false, () =>
    compareCommand({ ...services, ...small, ...LOAD, output, limits, ...options }, watched),
  )
  return { code, output, io, first, second }
}

const readResults = async (output: string, name = 'results.json'): Promise<ComparisonFile> =>
  readComparison(await readFile(join(output, name), 'utf8'))

test(
  'blocks of a load: both targets receive the same requests, and every figure of the report can be recomputed',
  SLOW,
  async () => {
    const { code, output, io } = await compareUnderLoad({ requirements: true })
    expect(io.stderr.filter((line) => !/^compare: /.test(line))).toEqual([
      expect.stringMatching(/^--blocks 2 can show no difference/),
    ])
    expect(code).toBe(EXIT.good)
    const file = await readResults(output)
    const { slots = [] } = file.load ?? {}
    expect(slots).toHaveLength(4)
    for (const block of [0, 1]) {
      const [one, other] = slots.filter((slot) => slot.block === block)
      expect(one?.result.schedule_sha256).toBe(other?.result.schedule_sha256)
      expect(one?.result.overall.count).toBe(other?.result.overall.count)
      expect(one?.side).not.toBe(other?.side)
    }
    expect(
      file.growth?.sides.map(({ runs }) => runs.map(({ result }) => result.spec.rate)),
    ).toEqual([
      [150, 600, 1200],
      [150, 600, 1200],
    ])
    checkFigures({
      combined: file.quick_look,
      consistency: file.consistency,
      databases: file.environment.sides.map(({ key }) => key),
      html: await readFile(join(output, 'report.html'), 'utf8'),
      markdown: await readFile(join(output, 'report.md'), 'utf8'),
      more: recomputeLoad(file),
    })
  },
)

test('the noise of an A/A run is recorded, and its floor is in the report', SLOW, async () => {
  const noise = join(await ownFolder(), 'aa.json')
  const { load } = compareSettings({ ...LOAD, self: true, seed: 6 }, '2026-03-01T12:00:00.000Z')
  const itself = ['a', 'b'].map((key) => ({ side: { ...POSTGRES, key }, ms: 1 }))
  const aa = madeUpComparison(itself, { blocks: 7, ...(load !== null && { spec: load.spec }) })
  await writeFile(noise, writeComparison(aa))
  const { code, output } = await compareUnderLoad({ noise })
  expect(code).toBe(EXIT.good)
  const file = await readResults(output)
  expect(file.noise).toMatchObject({ file: 'aa.json', started_at: aa.environment.started_at })
  const html = await readFile(join(output, 'report.html'), 'utf8')
  expect(html).toMatch(/data-figure="noise\.get_cart\.p50\.ratio\.floor" data-value="1\.\d+"/)
  checkFigures({
    combined: file.quick_look,
    consistency: file.consistency,
    databases: file.environment.sides.map(({ key }) => key),
    html,
    markdown: await readFile(join(output, 'report.md'), 'utf8'),
    more: recomputeLoad(file),
  })
})

test(
  'a condition that is met ends the comparison with 1, and its figures are printed',
  SLOW,
  async () => {
    const limits = join(await ownFolder(), 'limits.txt')
    await writeFile(limits, '# what must not be\nb.get_cart.p50 > 1e6\n\na.achieved_rate > 0\n')
    const { code, io } = await compareUnderLoad({ failIf: [`@${limits}`] })
    expect(code).toBe(EXIT.checkFailed)
    expect(io.stderr.filter((line) => /condition/.test(line))).toEqual([
      expect.stringMatching(/^condition not met: b\.get_cart\.p50 > 1e6 \([\d.]+ and 1000000\)$/),
      expect.stringMatching(/^condition met: a\.achieved_rate > 0 \([\d.]+ and 0\)$/),
    ])
  },
)

test('failed requests under load end the comparison with 1', SLOW, async () => {
  let loaded = false
  const misbehave = onlyWhen(
    ({ count, seen }) => loaded && seen.method === 'GET' && count % 7 === 0,
    answering(503, '{"error":"STORE_DOWN"}'),
  )
  const { code, io } = await compareUnderLoad({
    fakeB: { misbehave },
    onLine: (line) => {
      loaded ||= line.includes('block 1')
    },
  })
  expect(code).toBe(EXIT.checkFailed)
  expect(io.stderr.at(-1)).toMatch(/^failed: \d+ of \d+ operations under load$/)
})

test('a condition on a figure that could not be measured is inconclusive', SLOW, async () => {
  const { code, io } = await compareUnderLoad({ failIf: ['b.overall.p999 > 1'] })
  expect(code).toBe(EXIT.invalidRun)
  expect(io.stderr.at(-1)).toBe('invalid: b.overall.p999 > 1: not enough samples')
})

test(
  'a generator that never keeps up makes the run inconclusive, and every block is kept',
  SLOW,
  async () => {
    const { code, output, io } = await compareUnderLoad({ limits: { ...LAX, utilisation: 0 } })
    expect(code).toBe(EXIT.invalidRun)
    expect(io.stderr.at(-1)).toMatch(/^invalid: only 0 of 2 blocks are valid: the generator was/)
    expect((await readResults(output)).load?.slots).toHaveLength(6)
  },
)

test.each(['a service that dies', 'an interrupt'])(
  '%s between two blocks ends with partial results',
  SLOW,
  async (what) => {
    const interrupt = new AbortController()
    let dead = false
    const { code, output, io } = await compareUnderLoad({
      signal: interrupt.signal,
      fakeB: { misbehave: onlyWhen(() => dead, dropping) },
      onLine: (line) => {
        // The line of a run is there once the next one begins: with this seed that of Two in the second block.
        if (!line.includes('block 1 of 2, One')) return
        if (what === 'an interrupt') interrupt.abort()
        else dead = true
      },
    })
    expect(code).toBe(EXIT.invalidRun)
    expect(io.stderr.at(-1)).toMatch(
      what === 'an interrupt'
        ? /^interrupted: results measured so far/
        : /^http:.*the carts could not be prepared: .*results measured so far are in/,
    )
    const files = await readdir(output)
    expect(files).not.toContain('report.html')
    const { load, quick_look } = await readResults(output, 'results.partial.json')
    expect(quick_look).toHaveLength(300)
    expect(load?.slots.filter(({ block }) => block === 0)).toHaveLength(2)
  },
)

test.each([
  [{ failIf: ['c.get_cart.p99 > 1'] }, /unknown figure c\.get_cart\.p99/],
  [
    { failIf: ['a.get_cart.p99 >'] },
    /^error: condition "a\.get_cart\.p99 >": a number or a figure/,
  ],
  [{ failIf: ['@none.txt'] }, /^error: fail-if: none\.txt: no such file$/],
  [{ blocks: 0 }, /^error: blocks: must be an integer between 1 and 1000 \(got 0\)$/],
  [{ margin: 1 }, /^error: margin: must be at least 0 and below 1/],
  [{ slo: 'p99<5' }, /^error: slo: "p99<5" is not like p99=50ms/],
] as [CompareOptions, RegExp][])('%j is rejected before any request', async (options, line) => {
  const { code, io, first, second } = await compareUnderLoad(options)
  expect(code).toBe(EXIT.usage)
  expect(io.stderr).toEqual([expect.stringMatching(line)])
  expect(first.requests.length + second.requests.length).toBe(0)
})

test('a missing endpoint is reported before anything is measured', async () => {
  const { code, io, first } = await compareUnderLoad({ mix: 'shopper-checkout', carts: undefined })
  expect(code).toBe(EXIT.usage)
  expect(io.stderr).toEqual([expect.stringMatching(/^error: mix: shopper-checkout needs POST/)])
  expect(first.requests.length).toBeLessThan(10)
})

test('no capacity is searched if too few blocks are valid', SLOW, async () => {
  const { code, output, io } = await compareUnderLoad({
    limits: { ...LAX, utilisation: 0 },
    slo: 'p99=50ms',
  })
  expect(code).toBe(EXIT.invalidRun)
  expect(io.stderr).toContainEqual(
    expect.stringMatching(/^not measured: the capacity, since only 0 of 2 blocks are valid/),
  )
  expect((await readResults(output)).capacity).toBeNull()
})
