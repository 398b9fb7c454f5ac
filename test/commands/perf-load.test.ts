import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LoadOptions } from '../../packages/lab/src/commands/load-options.ts'
import { perfCommand } from '../../packages/lab/src/commands/perf.ts'
import { openSessions } from '../../packages/lab/src/load/schedule/sessions.ts'
import { type LoadResult, parseLoadResult } from '../../packages/lab/src/results/load-result.ts'
import { completeSpec, type LoadSpec } from '../../packages/lab/src/results/load-spec.ts'
import { partialName } from '../../packages/lab/src/results/output-file.ts'
import { ownFolder, runRecorded } from '../../packages/lab/test/commands/commands-support.ts'
import {
  answering,
  dropping,
  type FakeOptions,
  onlyWhen,
  startFakeCartService,
  stayingSilent,
} from '../support/fake-cart-service.ts'
import { CLI } from './cli.ts'

/** No limits, so that no test fails on a busy machine; other tests check the limits. */
const limits = { utilisation: 1, lagMs: 1e9, lagShare: 1, secondLagMs: 1e9, badSeconds: 1 }
/** The checks before a run: a create, two adds, a get. */
const CHECKS = 4

async function perf(
  fake: FakeOptions,
  options: LoadOptions & { seed?: number },
  signal?: AbortSignal,
) {
  const output = join(await ownFolder(), 'perf.json')
  await using service = await startFakeCartService(fake)
  const { json = false } = options
  const { code, io } = await runRecorded(
    (own) => perfCommand({ host: service.url, output, limits, ...options }, own),
    { json, signal },
  )
  const complete = await readFile(output, 'utf8').catch(() => undefined)
  const text = complete ?? (await readFile(partialName(output), 'utf8').catch(() => undefined))
  const result = text === undefined ? undefined : parseLoadResult(text)
  return { code, io, result, service, text }
}

/** Requests that prepare the carts of the shoppers that are measured: a create and adds each. */
function preparing(options: Partial<LoadSpec> = {}): number {
  return openSessions(completeSpec({ rate: QUICK.rate, ...options }), 'measured').reduce(
    (sum, { added }) => sum + (added === null ? 0 : 1 + added),
    0,
  )
}

const QUICK = { rate: 200, duration: 0.6, warmup: 0, connections: 8 } as const

describe('pushcart perf --rate', () => {
  it('sends the schedule, writes the result and exits 0', async () => {
    const { code, io, result, service } = await perf({}, { ...QUICK, mix: 'read-heavy', carts: 5 })
    expect(io.stderr.filter((line) => /fail|error:|invalid/.test(line))).toEqual([])
    expect(code).toBe(0)
    expect(result?.overall.failed).toBe(0)
    expect(result?.overall.count).toBe(result?.overall.succeeded)
    const prepared = 5 * (1 + 5)
    expect(service.requests).toHaveLength(CHECKS + prepared + (result?.overall.count ?? 0))
    expect(result?.offered_rate).toBeCloseTo((result?.overall.count ?? 0) / QUICK.duration, 2)
    expect(io.stdout[0]).toMatch(/^operation +count +failed +p50/)
    expect(io.stdout.at(-1)).toMatch(/^result written to .*perf\.json$/)
  })

  it('sends the same operations, in the same order, when the seed is the same', async () => {
    const sentBy = async (seed: number) => {
      const { service, result } = await perf({}, { ...QUICK, connections: 1, seed, shoppers: 3 })
      const bodies = service.requests
        .slice(CHECKS)
        .map(
          ({ method, path, body }) =>
            `${method} ${path.replace(/cart%20\d+/, '')} ${JSON.stringify(body)}`,
        )
      return { bodies, hash: result?.schedule_sha256 }
    }
    const [first, again, other] = [await sentBy(1), await sentBy(1), await sentBy(2)]
    expect(first.bodies.length).toBeGreaterThan(100)
    expect(again).toEqual(first)
    expect(other.hash).not.toBe(first.hash)
    expect(other.bodies).not.toEqual(first.bodies)
  })

  it('reports how the warm-up ended, and sends more than it measures', async () => {
    const { code, io, result, service } = await perf(
      {},
      { ...QUICK, warmup: 2, mix: 'read-heavy', carts: 1 },
    )
    expect(code).toBe(0)
    expect(result?.warm_up).toMatchObject({ ended_by: 'time', trend_p: { p50: null, rate: null } })
    expect(result?.warm_up.seconds).toBeGreaterThanOrEqual(2)
    expect(result?.warm_up.windows.length).toBeGreaterThan(0)
    expect(service.requests.length).toBeGreaterThan(CHECKS + 6 + (result?.overall.count ?? 0))
    expect(io.stdout.join('\n')).toMatch(/warm-up 2(\.\d)? s: NOT KNOWN TO BE STEADY/)
  })

  it('counts failures by kind and exits 1', async () => {
    const misbehave = onlyWhen(
      ({ count }) => count > CHECKS && count % 10 === 0,
      answering(409, '{"error":"CART_NOT_ACTIVE"}'),
    )
    const { code, io, result } = await perf(
      { misbehave },
      { ...QUICK, mix: 'hot', linesPerCart: 1 },
    )
    expect(code).toBe(1)
    const failed = result?.overall.outcomes.find(({ kind }) => kind === 'client_error')
    expect(failed).toEqual({
      kind: 'client_error',
      name: '409 CART_NOT_ACTIVE',
      count: result?.overall.failed,
    })
    expect(io.stderr.join('\n')).toMatch(/failed: \d+ of \d+ operations\n {2}\d+ x /)
    expect(result?.overall.response_time.count).toBe(result?.overall.succeeded)
  })

  it('retries nothing and reports each kind of failure', async () => {
    const before = CHECKS + preparing()
    const misbehave = onlyWhen(({ count }) => count > before, dropping)
    const { code, result, service } = await perf({ misbehave }, { ...QUICK, mix: 'shopper' })
    expect(code).toBe(1)
    expect(result?.overall.succeeded).toBe(0)
    expect(new Set(result?.overall.outcomes.map(({ name }) => name))).toEqual(
      new Set(['closed', 'no_cart']),
    )
    const closed = result?.overall.outcomes.find(({ name }) => name === 'closed')?.count
    expect(service.requests).toHaveLength(before + (closed ?? 0))
  })

  it('counts requests without a response as timeouts, with their duration', async () => {
    const misbehave = onlyWhen(({ count }) => count === CHECKS + 12, stayingSilent)
    const { code, result } = await perf(
      { misbehave },
      { ...QUICK, mix: 'read-heavy', carts: 1, linesPerCart: 1, timeout: 300 },
    )
    expect(code).toBe(1)
    expect(result?.overall.outcomes).toContainEqual({ kind: 'timeout', name: 'timeout', count: 1 })
    expect(result?.overall.response_time.max).toBeGreaterThanOrEqual(300)
  })

  it('exits 2 when the generator was the bottleneck', async () => {
    const strict = { ...limits, utilisation: 0 }
    const output = join(await ownFolder(), 'perf.json')
    await using service = await startFakeCartService({})
    const options = { host: service.url, output, ...QUICK, limits: strict }
    const { code, stderr } = await runRecorded((io) => perfCommand(options, io))
    expect(code).toBe(2)
    expect(stderr.at(-1)).toMatch(/^invalid: the generator was (busy|the bottleneck)/)
    expect(parseLoadResult(await readFile(output, 'utf8')).valid).toBe(false)
  })

  it('writes a partial result when it is interrupted, and exits 2', async () => {
    const controller = new AbortController()
    const misbehave = onlyWhen(
      ({ count }) => count === CHECKS + preparing() + 100,
      () => {
        controller.abort()
        return 'proper'
      },
    )
    const { code, io, result } = await perf(
      { misbehave },
      { ...QUICK, duration: 600 },
      controller.signal,
    )
    expect(code).toBe(2)
    expect(result).toMatchObject({ partial: true, cut_off: 'interrupted' })
    expect(result?.overall.succeeded).toBeGreaterThan(50)
    expect(io.stderr.at(-1)).toMatch(/^interrupted: partial result, \d+\.\d s were measured$/)
  })

  it('prints one JSON object per line with --json', async () => {
    const { io, text } = await perf({}, { ...QUICK, json: true, mix: 'hot', linesPerCart: 1 })
    const lines = io.stdout.map((line) => JSON.parse(line) as { type: string; result: LoadResult })
    expect(lines.map(({ type }) => type).slice(0, -1)).not.toContain('result')
    expect(lines[0]).toEqual({ type: 'progress', phase: 'prepare', done: 1, total: 1 })
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      exit_code: 0,
      result: JSON.parse(text ?? ''),
    })
  })
})

describe('pushcart perf --closed', () => {
  it('sends the requested number of operations', async () => {
    const { code, result } = await perf({}, { closed: true, operations: 500, connections: 4 })
    expect(code).toBe(0)
    expect(result?.overall.count).toBe(500)
    expect(result?.offered_rate).toBeNull()
    expect(result?.generator.connections_opened).toBe(4)
  })
})

describe('a load that cannot run', () => {
  it.each([
    ['another API', answering(404, '{}'), 'expected 201, got 404', ' -> 404 {}; try another base'],
    ['a broken service', answering(500, '{}'), 'expected 201, got 500', ''],
    ['a page', answering(200, '<html>'), 'expected 201, got 200', ' -> 200 <html>; try another'],
  ])('exits 2 with one line for %s', async (_, misbehave, what, shown) => {
    const { code, io, service, text } = await perf({ misbehave }, QUICK)
    expect(code).toBe(2)
    const [line = ''] = io.stderr
    expect(io.stderr).toHaveLength(1)
    expect(line.startsWith(`error: ${service.url}: POST /shopping-carts: ${what}`)).toBe(true)
    expect(line).toContain(shown)
    expect(text).toBeUndefined()
  })

  it('exits 2 with one line for a dead host', async () => {
    const output = join(await ownFolder(), 'perf.json')
    const options = { host: 'http://127.0.0.1:1', output, ...QUICK }
    const { code, stderr } = await runRecorded((io) => perfCommand(options, io))
    expect(code).toBe(2)
    expect(stderr).toEqual([
      'error: http://127.0.0.1:1 does not respond: connection refused (ECONNREFUSED)',
    ])
  })

  it('exits 3 for a mix that the service has no endpoint for', async () => {
    const { code, io, service } = await perf({}, { ...QUICK, mix: 'shopper-checkout' })
    expect(code).toBe(3)
    expect(io.stderr).toEqual([
      expect.stringMatching(
        `^error: mix: shopper-checkout needs POST /shopping-carts/{cart}/checkout, and ${service.url} has none`,
      ),
    ])
  })

  it('exits 3 for products that the service does not have', async () => {
    const misbehave = onlyWhen(
      ({ seen }) => seen.body.product_id === 'nope',
      answering(404, '{"error":"PRODUCT_NOT_FOUND"}'),
    )
    const { code, io } = await perf({ misbehave }, { ...QUICK, productIds: '1,nope' })
    expect(code).toBe(3)
    expect(io.stderr[0]).toMatch(
      /refuses product "nope" \(expected 204, got 404 PRODUCT_NOT_FOUND\)/,
    )
  })

  it.each([
    [{ rate: 10, closed: true }, /^error: rate: not allowed in the closed loop/],
    [{ rate: 10, mix: 'odd' }, /^error: unknown mix "odd"; expected one of shopper, /],
    [{ duration: 5 }, /^error: duration: does not apply to the quick test/],
    [{ json: true }, /^error: json: does not apply to the quick test/],
    [{ cartChoice: 'zipf' }, /^error: cart-choice: does not apply to the quick test/],
    [{ closed: true, products: 5, productIds: '1' }, /^error: product-ids: excludes --products/],
  ] as [LoadOptions, RegExp][])('exits 3 with one line for %o', async (options, line) => {
    const { code, io, service } = await perf({}, options)
    expect(code).toBe(3)
    expect(io.stderr).toEqual([expect.stringMatching(line)])
    expect(service.requests).toEqual([])
  })
})

describe('the CLI', () => {
  it('parses its options', async () => {
    await using service = await startFakeCartService({})
    const output = join(await ownFolder(), 'perf.json')
    const load =
      '--rate 100 --duration 0.5 --warmup 0.1 --connections 3 --mix hot --arrivals constant'
    const carts =
      '--cart-choice uniform --lines-per-cart 2 --product-ids 5,6 --timeout 900 --seed 9'
    const args = ['perf', '--host', service.url, '--output', output, '--json']
    const all = [CLI, ...args, ...load.split(' '), ...carts.split(' ')]
    // The generator may be the bottleneck on a busy machine; the result is written all the same.
    await promisify(execFile)(process.execPath, all).catch(() => {})
    expect(parseLoadResult(await readFile(output, 'utf8')).spec).toMatchObject({
      seed: 9,
      loop: 'open',
      rate: 100,
      duration_s: 0.5,
      warmup_s: 0.1,
      connections: 3,
      mix: 'hot',
      arrivals: 'constant',
      cart_choice: 'uniform',
      lines_per_cart: 2,
      products: [5, 6],
      timeout_ms: 900,
    })
  })

  it('writes a partial result at the first Ctrl-C', async () => {
    await using service = await startFakeCartService({})
    const output = join(await ownFolder(), 'perf.json')
    const args = ['perf', '--host', service.url, '--output', output, '--json']
    const load = ['--rate', '50', '--duration', '600', '--warmup', '0']
    const child = spawn(process.execPath, [CLI, ...args, ...load], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = new Promise((resolve) => child.once('exit', resolve))
    for await (const line of createInterface(child.stdout)) {
      const { phase, operations } = JSON.parse(line) as { phase?: string; operations?: number }
      if (phase === 'run' && (operations ?? 0) > 0 && !child.killed) child.kill('SIGINT')
    }
    expect(await exited).toBe(2)
    expect(parseLoadResult(await readFile(partialName(output), 'utf8'))).toMatchObject({
      partial: true,
    })
  })
})
