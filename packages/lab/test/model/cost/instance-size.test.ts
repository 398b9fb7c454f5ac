import { describe, expect, it } from 'vitest'
import { measuredMisses, missesAt } from '../../../src/model/cost/cache-misses.ts'
import { derive } from '../../../src/model/cost/figure.ts'
import { type DatabaseLoad, instanceFor, lacking } from '../../../src/model/cost/instance-size.ts'
import { monthlyCost } from '../../../src/model/cost/monthly-cost.ts'
import type { Prices } from '../../../src/model/cost/prices.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { DEPLOYMENT } from '../../../src/model/terms/deployment.ts'
import { sampleInputs } from './sample-inputs.ts'

const prices = readPrices()
/** As a user's file that lacks further prices. */
const { options: _, ...bare } = prices
const value = (amount: number) =>
  derive({ id: 'x', title: 'x', unit: 'x', formula: 'amount', inputs: { amount } })

const LOAD: DatabaseLoad = {
  cpu: value(0.01),
  peak_cores: value(0.1),
  connections: value(20),
  memory: value(0.5),
  iops: value(10),
  written: value(1e4),
  reads: () => value(0),
}

describe('the instance class', () => {
  it.each([
    ['cpu', { peak_cores: value(3) }, 'db.m7g.xlarge'],
    ['cpu_credits', { cpu: value(0.5) }, 'db.m7g.large'],
    ['memory', { memory: value(5) }, 'db.t4g.large'],
    ['connections', { connections: value(600) }, 'db.t4g.large'],
    ['storage_iops', { iops: value(3800) }, 'db.t4g.large'],
    ['storage_iops', { reads: (gib: number) => value(gib < 8 ? 20_000 : 100) }, 'db.t4g.large'],
    ['storage_throughput', { written: value(80e6) }, 'db.t4g.large'],
  ] as const)('is the cheapest for which everything holds; %s binds', (name, change, expected) => {
    const load = { ...LOAD, ...change }
    const chosen = instanceFor(load, bare, DEPLOYMENT)
    expect(chosen?.instance.class).toBe(expected)
    expect(chosen?.binding).toContain(name)
    expect(chosen && lacking(chosen.instance, load, DEPLOYMENT, false)).toEqual([])
    for (const cheaper of prices.rds_instances.filter(
      ({ price }) => price < (chosen?.instance.price ?? 0),
    ))
      expect(lacking(cheaper, load, DEPLOYMENT, false), cheaper.class).not.toEqual([])
  })

  it.each([
    // 8,000 operations beyond the included 12,000: 160 dollars a month; the next class costs 984 more.
    [0.02, 'db.m7g.4xlarge'],
    [0.2, 'db.m7g.8xlarge'],
  ])('has more memory where provisioned operations would cost more, at %s', (price, expected) => {
    const load = { ...LOAD, reads: (gib: number) => value(gib < 128 ? 19_990 : 100) }
    const iops = prices.options?.['rds.gp3_iops']
    const own = iops && { ...prices, options: { 'rds.gp3_iops': { ...iops, price } } }
    expect(own && instanceFor(load, own, DEPLOYMENT)).toMatchObject({
      instance: { class: expected },
      binding: ['storage_iops'],
    })
  })

  it('is never a burstable one where these are excluded', () => {
    const rules = { ...DEPLOYMENT, burstable: false }
    expect(instanceFor(LOAD, prices, rules)).toMatchObject({
      instance: { class: 'db.m7g.large' },
      binding: ['burstable'],
    })
  })
})

describe('a bill on PostgreSQL', () => {
  const at = (add_items: number, change = {}, of: Prices = prices) =>
    monthlyCost(
      'postgres',
      sampleInputs({
        traffic: { per_second: { create_cart: add_items / 4, add_items }, peak_to_average: 2 },
        ...change,
      }),
      of,
    )

  it('has the memory for the carts of a day', () => {
    // 100 creates a second for a day at 2,000 bytes are 16.1 GiB, of which three quarters of the memory hold.
    const { derived, instance } = at(400, { carts: 1e9 })
    const memory = derived.find(({ id }) => id === 'postgres.memory')?.value ?? 0
    const connections = derived.find(({ id }) => id === 'postgres.connections')?.value ?? 0
    expect(memory).toBeCloseTo(
      1 + (100 * 86_400 * 2000) / 2 ** 30 / 0.75 + (connections * 10) / 1024,
      6,
    )
    expect(instance?.memory_gib).toBeGreaterThanOrEqual(memory)
  })

  it('has the volume whose operations per second the peak needs', () => {
    const storage = (rate: number) =>
      at(rate, { carts: 1000 }).derived.find(({ id }) => id === 'postgres.provisioned')?.value
    // 1,000 shared flushes, and half a page for each change at twice the average.
    expect(storage(1000)).toBe(20)
    expect(storage(2000)).toBe(400)
    expect(storage(20_000)).toBe(400)
  })

  it('has provisioned operations beyond those of the volume, up to its maximum, where they have a price', () => {
    const billed = at(20_000).billed.find(({ id }) => id === 'postgres.provisioned_iops')
    expect(billed?.value).toBeCloseTo((1000 + 25_000 - 12_000) * 2 * 0.02, 6)
    expect(at(15_000 / 2).billed.map(({ id }) => id)).not.toContain('postgres.provisioned_iops')
    expect(at(60_000).limit).toEqual({
      kind: 'storage_iops',
      iops: 1000 + 75_000,
      accepted: 64_000,
    })
    expect(at(20_000, {}, bare).limit).toMatchObject({ kind: 'storage_iops', accepted: 12_000 })
  })
})

describe('pages that miss the cache', () => {
  const points = [
    { data_per_cache: 0.5, visit: 0, any_read: 0, any_change: 0 },
    { data_per_cache: 2, visit: 0.1, any_read: 1.5, any_change: 3 },
  ]

  it('are linear between the measured sizes, and constant beyond them', () => {
    expect(missesAt(0.1, { points })).toEqual({ visit: 0, any_read: 0, any_change: 0 })
    expect(missesAt(1.25, { points })).toEqual({
      visit: expect.closeTo(0.05, 9),
      any_read: expect.closeTo(0.75, 9),
      any_change: expect.closeTo(1.5, 9),
    })
    expect(missesAt(100, { points })).toMatchObject({ any_read: 1.5 })
  })

  it('were measured with data that fits, and with data that is several times the cache', () => {
    const { points: measured, measured_at } = measuredMisses()
    const [smallest, largest] = [measured[0], measured.at(-1)]
    expect(Date.parse(measured_at)).not.toBeNaN()
    expect(smallest?.data_per_cache).toBeLessThan(1)
    expect(largest?.data_per_cache).toBeGreaterThan(5)
    expect(smallest?.any_read).toBeLessThan(0.1)
    expect(largest?.any_read).toBeGreaterThan(1)
    // Carts of a visit lie together at the end of the tables and indexes.
    expect(largest?.visit).toBeLessThan((largest?.any_read ?? 0) / 2)
  })

  it('become reads of the storage, fewer on an instance with more memory', () => {
    const inputs = sampleInputs({
      traffic: {
        per_second: { create_cart: 100, add_items: 400, get_cart: 500 },
        peak_to_average: 2,
      },
      carts: 2e8,
    })
    const { derived, instance } = monthlyCost('postgres', inputs, prices)
    const reads = derived.find(({ id }) => id === 'postgres.reads')
    const memory = instance?.memory_gib ?? 0
    const connections = derived.find(({ id }) => id === 'postgres.connections')?.value ?? 0
    const cache = 0.75 * (memory - 1 - (connections * 10) / 1024)
    const misses = missesAt((2e8 * 2000) / 2 ** 30 / cache)
    const expected =
      2 * (0.98 * 1000 * misses.visit + 0.02 * (500 * misses.any_read + 500 * misses.any_change))
    expect(reads?.value).toBeCloseTo(expected, 6)
    expect(expected).toBeGreaterThan(0)
    const never = { ...inputs, deployment: { ...inputs.deployment, old_cart_share: 0 } }
    const fewer = monthlyCost('postgres', never, prices).derived.find(
      ({ id }) => id === 'postgres.reads',
    )
    expect(fewer?.value).toBeLessThan(expected)
  })
})
