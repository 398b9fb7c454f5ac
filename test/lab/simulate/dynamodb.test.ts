import { describe, expect, it, test } from 'vitest'
import { createDraw } from '../../../lab/model/simulate/draw.ts'
import { createPartitions } from '../../../lab/model/simulate/partitions.ts'
import { type Simulation, simulate } from '../../../lab/model/simulate/simulate.ts'
import { skewOf } from '../../../lab/model/simulate/skew.ts'
import { createTableThroughput } from '../../../lab/model/simulate/table-throughput.ts'
import { dynamodb, service, steady, workload } from './sample-simulation.ts'

const run = (change: Partial<Simulation> = {}) =>
  simulate({
    service: { ...service, min_tasks: 200 },
    store: dynamodb,
    workload: workload(),
    seed: 1,
    ...change,
  })

describe('partitions', () => {
  const even = { hottest: [], tail: 1 }

  it('share an evenly spread load', () => {
    const { all } = createPartitions(4, even, createDraw(1))
    expect(all.map(({ share }) => share)).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  it('split at half of their load after being overloaded for long enough', () => {
    const partitions = createPartitions(1, even, createDraw(1))
    for (let second = 0; second < 299; second++) partitions.step(1.5, 300, 1)
    expect(partitions.all).toHaveLength(1)
    partitions.step(1.5, 300, 1)
    expect(partitions.all.map(({ share }) => Number(share.toFixed(9)))).toEqual([0.5, 0.5])
  })

  it('cannot split the load of a single cart', () => {
    const partitions = createPartitions(1, { hottest: [0.6], tail: 0.4 }, createDraw(2))
    partitions.settle(20)
    const shares = partitions.all.map(({ share }) => share)
    expect(Math.max(...shares)).toBeGreaterThanOrEqual(0.6)
    expect(Math.max(...shares)).toBeLessThan(0.6 / 0.94)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
  })

  it('grow to a number by splitting the busiest', () => {
    const partitions = createPartitions(4, even, createDraw(1))
    partitions.growTo(6)
    expect(partitions.all.map(({ share }) => Number(share.toFixed(6))).sort()).toEqual([
      0.125, 0.125, 0.125, 0.125, 0.25, 0.25,
    ])
  })
})

describe('the table as a whole', () => {
  const asked = (write: number) => ({ write, read: 0 })

  it('serves 4,000 writes per second when new, and later twice the previous peak', () => {
    const table = createTableThroughput({ ...dynamodb, quota: null }, asked(0))
    expect(table.allowed).toEqual({ write: 4000, read: 12_000 })
    const used = createTableThroughput({ ...dynamodb, quota: null }, asked(9000))
    expect(used.allowed.write).toBe(18_000)
  })

  it('counts consumption as the previous peak after half an hour', () => {
    const table = createTableThroughput({ ...dynamodb, quota: null }, asked(0))
    for (let second = 0; second < 1799; second++) table.step(asked(50_000), 1)
    expect(table.allowed.write).toBe(4000)
    expect(table.step(asked(50_000), 1).share).toBeCloseTo(0.08, 9)
    expect(table.allowed.write).toBe(8000)
  })

  it('keeps at most 300 s of unused throughput for bursts', () => {
    const table = createTableThroughput({ ...dynamodb, quota: null }, asked(0))
    for (let second = 0; second < 1000; second++) table.step(asked(1000), 1)
    let burst = 0
    while (table.step(asked(8000), 1).share === 1) burst++
    // 300 s of 4,000 units at 4,000 a second more than is allowed.
    expect(burst).toBe(300)
  })

  it('is limited by the account’s quota and reports it', () => {
    const table = createTableThroughput(dynamodb, asked(100_000))
    expect(table.step(asked(80_000), 1)).toEqual({ share: 0.5, quota: true })
  })
})

test('one hot cart is limited to the 1,000 write units of one partition', () => {
  const hot = workload({ mix: { add_items: 1 }, hot_share: 0.1, phases: steady(20_000) })
  const result = run({ store: { ...dynamodb, quota: null }, workload: hot })
  // 2,000 adds a second to one cart: 1,000 of 20,000 fail, give or take what else is on that partition.
  expect(result.limit).toBe('one_cart')
  expect(result.error_share).toBeGreaterThan(0.049)
  expect(result.error_share).toBeLessThan(0.056)
  const alone = run({ store: { ...dynamodb, quota: null }, workload: { ...hot, hot_share: 0 } })
  expect(alone).toMatchObject({ error_share: 0, limit: null })
})

test('a spike beyond twice the previous peak is throttled until the table has grown, but not on a pre-warmed table', () => {
  const phases = [...steady(5000, 30), ...steady(50_000, 60)]
  const spike = workload({ phases })
  const cold = run({ store: { ...dynamodb, quota: null }, workload: spike })
  expect(cold.limit).toBe('table_growth')
  expect(cold.error_share).toBeGreaterThan(0.5)
  const warm = { write: 40_000, read: 20_000 }
  const warmed = run({ store: { ...dynamodb, quota: null, warm }, workload: spike })
  expect(warmed).toMatchObject({ error_share: 0, throttled_share: 0 })
})

test('retries turn a few refusals into latency instead of errors, and are counted', () => {
  const slightly = workload({ mix: { add_items: 1 }, phases: steady(41_000) })
  const result = run({ workload: slightly })
  expect(result.limit).toBe('table_quota')
  expect(result.error_share).toBeCloseTo(1 / 41, 2)
  expect(result.throttled_share).toBeGreaterThan(5 * result.error_share)
  const calm = run({ workload: { ...slightly, phases: steady(30_000) } })
  expect(result.latency?.p99).toBeGreaterThan(3 * (calm.latency?.p99 ?? Infinity))
  // What got through is what the quota allows.
  expect(result.throughput).toBeCloseTo(40_000, -1)
})

test('a Zipf choice of carts has the shares of its formula', () => {
  const { hottest, tail } = skewOf({ carts: 1000, skew: 1, hot_share: 0 })
  expect(hottest[0]).toBeCloseTo(1 / 7.485470860550345, 9)
  expect((hottest[0] ?? 0) / (hottest[9] ?? 1)).toBeCloseTo(10, 9)
  expect(hottest.reduce((sum, share) => sum + share, tail)).toBeCloseTo(1, 12)
  const many = skewOf({ carts: 1e6, skew: 0.99, hot_share: 0 }).hottest[0] ?? 0
  let sum = 0
  for (let cart = 1; cart <= 1e6; cart++) sum += cart ** -0.99
  expect(many * sum).toBeCloseTo(1, 3)
})
