import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plainAccess } from '../../src/cart-api/access.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { k6Script } from '../../src/load/k6/k6-script.ts'
import { openSchedule, type Step } from '../../src/load/schedule/schedule.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { ownFolder, runRecorded } from '../commands/commands-support.ts'
import { runStubbed, type SentByK6 } from './k6-stub.ts'

const HOST = 'http://one.example/shop'

function stepsOf(spec: ReturnType<typeof completeSpec>): Step[] {
  const schedule = openSchedule({ ...spec, arrivals: 'constant' })
  const steps: Step[] = []
  for (let step = schedule.next(); step !== null; step = schedule.next()) steps.push(step)
  return steps
}

function expectedBody({ operation, customerId, productId, quantity }: Step): unknown {
  if (operation === 'create_cart') return { customer_id: customerId }
  return operation === 'add_items' ? { product_id: productId, quantity } : null
}

const bodyOf = ({ body }: SentByK6): unknown => (body === null ? null : JSON.parse(body))

describe('the script for k6', () => {
  it.each([
    { mix: 'shopper-checkout', rate: 40, duration_s: 10, shoppers: 60 },
    { mix: 'write-heavy', rate: 200, duration_s: 3, carts: 2, connections: 8 },
    { mix: 'create-heavy', rate: 50, duration_s: 4, carts: 20 },
  ])('sends the operations, payloads and carts of the schedule: %o', async (load) => {
    const spec = completeSpec({ warmup_s: 1, ...load })
    const steps = stepsOf(spec)
    const script = k6Script(spec, HOST, plainAccess())
    const ran = await runStubbed(await ownFolder(), script, steps.length + 1)
    const sent = ran.sent.slice(ran.prepared)
    expect(sent.map(({ name }) => name)).toEqual(steps.map(({ operation }) => operation))
    expect(sent.map(bodyOf)).toEqual(steps.map(expectedBody))
    // One cart for each slot, from one create to the next, and no cart for two.
    const carts = new Map<number, string>()
    const taken = new Set<string>()
    for (const [index, { url }] of sent.entries()) {
      const { operation, slot } = steps[index] as Step
      if (operation === 'create_cart') {
        carts.delete(slot)
        continue
      }
      const cart = url.split('/')[5] ?? ''
      if (!carts.has(slot)) {
        expect(taken).not.toContain(cart)
        taken.add(cart)
        carts.set(slot, cart)
      }
      expect(cart).toBe(carts.get(slot))
    }
    expect(sent[0]?.url).toMatch(/^http:\/\/one\.example\/shop\/shopping-carts/)
    expect(ran.options.scenarios.load).toMatchObject({
      executor: 'constant-arrival-rate',
      rate: load.rate,
      timeUnit: '1s',
      duration: `${load.duration_s}s`,
      maxVUs: load.connections ?? 32,
    })
  })

  it('prepares the carts of the run with their lines', async () => {
    const spec = completeSpec({
      mix: 'read-heavy',
      rate: 10,
      duration_s: 1,
      carts: 7,
      lines_per_cart: 3,
    })
    const { sent, prepared } = await runStubbed(
      await ownFolder(),
      k6Script(spec, HOST, plainAccess()),
      0,
    )
    expect([prepared, sent.length]).toEqual([28, 28])
    expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(['prepare']))
  })

  it('takes the values of headers from the environment', async () => {
    const access = { ...plainAccess(), headers: { 'x-api-key': 'secret' } }
    const spec = completeSpec({ mix: 'hot', operations: 5, connections: 2 })
    const script = k6Script(spec, HOST, access)
    expect(script).not.toContain('secret')
    const ran = await runStubbed(await ownFolder(), script, 5, { HEADER_X_API_KEY: 'given' })
    expect(ran.sent.every(({ headers }) => headers['x-api-key'] === 'given')).toBe(true)
    expect(ran.options.scenarios.load).toMatchObject({
      executor: 'shared-iterations',
      vus: 2,
      iterations: 5,
    })
    await expect(runStubbed(await ownFolder(), script, 5)).rejects.toThrow(
      'set the environment variable HEADER_X_API_KEY',
    )
  })
})

describe('perf --export k6', () => {
  const perf = async (options: object) => {
    const folder = await ownFolder()
    const file = join(folder, 'script.js')
    await writeFile(file, 'mine')
    const wanted = {
      host: HOST,
      output: join(folder, 'perf.json'),
      export: ['k6', file],
      ...options,
    }
    const ran = await runRecorded((io) => perfCommand(wanted, io))
    return { ...ran, folder, text: await readFile(file, 'utf8') }
  }

  it('writes the script and sends nothing', async () => {
    const { code, stderr, text, folder } = await perf({ rate: 20, duration: 2 })
    expect([code, stderr.length]).toEqual([0, 2])
    expect(stderr[1]).toContain('run it with: k6 run')
    expect(text).toContain('export default function')
    expect(await readdir(folder)).toEqual(['script.js'])
  })

  it.each([
    [{}, 'export: requires a load; add --rate or --closed'],
    [{ closed: true }, 'export: a closed loop requires --operations'],
    [{ rate: 40_000 }, 'export: a script may have 200000 steps (got 2400000)'],
    [{ rate: 5, export: ['jmeter', 'x'] }, 'export: unknown tool "jmeter"; expected k6'],
    [{ rate: 5, export: ['k6'] }, 'export: must be k6 and a file'],
    [{ rate: 5, part: '1/2' }, 'export: excludes --part'],
    [{ rate: 5, api: 'retail-store', mix: 'shopper-checkout' }, 'export: '],
    [{ rate: 5, api: 'vendure' }, 'export: the API'],
  ])('is refused in one line, and nothing is overwritten: %o', async (options, message) => {
    const { code, stderr, text } = await perf(options)
    expect([code, stderr.length, text]).toEqual([3, 1, 'mine'])
    expect(stderr[0]).toContain(message)
  })
})
