import { expect, test } from 'vitest'
import { loadResult } from '../../../../test/support/load-result.ts'
import { planBlock } from '../../src/compare/plan.ts'
import { type Load, runBlocks } from '../../src/compare/run-blocks.ts'
import { LoadError } from '../../src/load/run-load.ts'
import { blockMetrics } from '../../src/results/block-metrics.ts'
import type { LoadResult } from '../../src/results/load-result.ts'
import { completeSpec, type LoadSpec } from '../../src/results/load-spec.ts'
import { validBlocks } from '../../src/results/slots.ts'
import { unsteadyWords } from '../../src/results/steadiness.ts'

const TARGETS = [
  { side: 'a', url: 'http://127.0.0.1:1' },
  { side: 'b', url: 'http://127.0.0.1:2' },
]
const SPEC = completeSpec({ rate: 100, duration_s: 10, seed: 7, mix: 'read-heavy' })

/** A load whose runs end by `outcome`. */
function fakeLoad(outcome: (run: number, spec: LoadSpec, url: string) => LoadResult) {
  const log: string[] = []
  const seeds: number[] = []
  const load: Load = {
    prepareCarts: async (_spec, { url }) => {
      log.push(`prepare ${url.at(-1)}`)
      return ['cart']
    },
    runLoad: async (spec, { url, carts }) => {
      log.push(`run ${url.at(-1)} on ${carts}`)
      seeds.push(spec.seed)
      return outcome(seeds.length, spec, url)
    },
  }
  return { log, seeds, load }
}

const watch = async () => async () => 'watched'

test('every block gives both targets the same schedule, on carts that are prepared before the measurement', async () => {
  const { log, seeds, load } = fakeLoad(() => loadResult())
  const { slots } = await runBlocks(TARGETS, {
    spec: SPEC,
    blocks: 3,
    load,
    watch: async ({ side }) => {
      log.push(`watch ${side}`)
      return async () => log.push(`looked ${side}`)
    },
  })
  expect(slots.map(({ block, place }) => [block, place])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [2, 0],
    [2, 1],
  ])
  expect(new Set(seeds).size).toBe(3)
  expect(seeds[0]).toBe(seeds[1])
  const first = slots[0]?.side === 'a' ? ['1', 'a'] : ['2', 'b']
  expect(log.slice(0, 4)).toEqual([
    `prepare ${first[0]}`,
    `watch ${first[1]}`,
    `run ${first[0]} on cart`,
    `looked ${first[1]}`,
  ])
})

test('the order of the targets is random, and the same for the same seed', () => {
  const orders = (seed: number) =>
    Array.from({ length: 400 }, (_, block) => planBlock(seed, block, 2).order.join(''))
  const firstA = orders(1).filter((order) => order === '01').length
  expect(firstA).toBeGreaterThan(150)
  expect(firstA).toBeLessThan(250)
  expect(orders(1)).toEqual(orders(1))
  expect(orders(1)).not.toEqual(orders(2))
  const three = new Set(Array.from({ length: 200 }, (_, b) => planBlock(1, b, 3).order.join('')))
  expect(three.size).toBe(6)
})

test('a block with an invalid slot is replaced by another one, and kept in the result', async () => {
  const { load, seeds } = fakeLoad((run) => loadResult({ valid: run !== 2 }))
  const told: unknown[] = []
  const onInvalid = (block: number, reason: string) => told.push([block, reason])
  const { slots } = await runBlocks(TARGETS, { spec: SPEC, blocks: 2, load, watch, onInvalid })
  expect(slots).toHaveLength(6)
  expect(told).toEqual([[0, expect.any(String)]])
  expect(validBlocks(slots, 2)).toEqual([1, 2])
  expect(new Set(seeds).size).toBe(3)
})

test('a generator that never keeps up is given up after one and a half times the blocks', async () => {
  const { load } = fakeLoad(() => loadResult({ valid: false }))
  let told = 0
  const onInvalid = () => told++
  const { slots } = await runBlocks(TARGETS, { spec: SPEC, blocks: 10, load, watch, onInvalid })
  expect(slots).toHaveLength(30)
  // Only half as many are replaced.
  expect(told).toBe(5)
  expect(validBlocks(slots, 2)).toEqual([])
})

test('a slot that was cut off ends the blocks and is not valid', async () => {
  const { load } = fakeLoad((run) => loadResult({ partial: run === 3 }))
  const { slots } = await runBlocks(TARGETS, { spec: SPEC, blocks: 10, load, watch })
  expect(slots).toHaveLength(3)
  expect(validBlocks(slots, 2)).toEqual([0])
})

test('after a service failed, or an interrupt between two runs, the earlier slots are kept', async () => {
  const { load } = fakeLoad(() => loadResult())
  let prepared = 0
  const dying: Load = {
    ...load,
    prepareCarts: async () => {
      if (++prepared === 4) throw new LoadError('http://127.0.0.1:2 does not respond: gone')
      return []
    },
  }
  const options = { spec: SPEC, blocks: 10, load: dying, watch }
  const { slots, cut_off } = await runBlocks(TARGETS, options)
  expect(slots).toHaveLength(3)
  expect(cut_off).toBe('http://127.0.0.1:2 does not respond: gone')
  prepared = 0
  const signal = AbortSignal.abort()
  expect(await runBlocks(TARGETS, { ...options, signal })).toMatchObject({
    slots: [{ block: 0 }],
    cut_off: 'interrupted',
  })
})

test('an unexpected error is not reported as a failure of the service', async () => {
  const { load } = fakeLoad(() => {
    throw new TypeError('bug')
  })
  await expect(runBlocks(TARGETS, { spec: SPEC, blocks: 2, load, watch })).rejects.toThrow('bug')
})

test('figures of two targets are paired by block, whatever the order of the runs', async () => {
  const { load } = fakeLoad((run, _, url) =>
    loadResult({ p50: (url.endsWith('1') ? 1 : 2) + run / 100, p99: null }),
  )
  const { slots } = await runBlocks(TARGETS, { spec: SPEC, blocks: 2, load, watch })
  const metrics = blockMetrics(slots, { a: 'a', b: 'b' }, 2)
  expect(metrics.map(({ name }) => name)).toEqual([
    'add_items.p50',
    'add_items.p95',
    'add_items.p99',
    'get_cart.p50',
    'get_cart.p95',
    'get_cart.p99',
    'overall.p50',
    'overall.p95',
    'overall.p99',
  ])
  const p50 = metrics.find(({ name }) => name === 'get_cart.p50')
  expect(p50?.a.map((value) => Math.floor(value ?? 0))).toEqual([1, 1])
  expect(p50?.b.map((value) => Math.floor(value ?? 0))).toEqual([2, 2])
  expect(metrics.find(({ name }) => name === 'get_cart.p99')?.a).toEqual([null, null])
})

test('the closed loop is also compared by the time per operation', async () => {
  const spec = completeSpec({ loop: 'closed', mix: 'read-heavy' })
  const { load } = fakeLoad(() =>
    loadResult({ spec: { loop: 'closed', rate: null }, achieved: 400 }),
  )
  const { slots } = await runBlocks(TARGETS, { spec, blocks: 1, load, watch })
  expect(blockMetrics(slots, { a: 'a', b: 'b' }, 2).at(-1)).toEqual({
    name: 'overall.ms_per_operation',
    a: [2.5],
    b: [2.5],
  })
})

test('runs that were not steady at their start are reported, and included', async () => {
  const { load } = fakeLoad((run) => loadResult({ steady: run !== 2 }))
  const { slots } = await runBlocks(TARGETS, { spec: SPEC, blocks: 2, load, watch })
  expect(validBlocks(slots, 2)).toEqual([0, 1])
  expect(unsteadyWords(slots)).toMatch(/^1 of 4 runs were measured although .* warm-up \(10 s\)/)
  expect(unsteadyWords(slots.slice(2))).toBeNull()
})

test('a service on which nothing succeeds any more ends the blocks, with one line', async () => {
  const gone = (result: LoadResult): LoadResult => ({
    ...result,
    overall: {
      ...result.overall,
      succeeded: 0,
      failed: result.overall.count,
      outcomes: [
        { kind: 'timeout', name: 'timeout', count: 3 },
        { kind: 'network', name: 'ECONNREFUSED', count: 10 },
        { kind: 'no_cart', name: 'no_cart', count: result.overall.count - 13 },
      ],
    },
  })
  const { load } = fakeLoad((run) => (run === 4 ? gone(loadResult()) : loadResult()))
  const { slots, cut_off } = await runBlocks(TARGETS, { spec: SPEC, blocks: 9, load, watch })
  expect(slots).toHaveLength(4)
  const { url } = TARGETS.find(({ side }) => side === slots[3]?.side) ?? {}
  expect(cut_off).toBe(`${url}: no operation of block 2 succeeded (ECONNREFUSED)`)
})
