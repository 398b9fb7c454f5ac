import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { bill } from '../../../src/model/cost/bill.ts'
import { monthlyCost, type StoreCost } from '../../../src/model/cost/monthly-cost.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { DEPLOYMENT } from '../../../src/model/terms/deployment.ts'
import { sampleInputs } from './sample-inputs.ts'

const prices = readPrices()
const figureOf = ({ billed, derived }: StoreCost, id: string) =>
  [...billed, ...derived].find((figure) => figure.id === id)?.value

describe('on DynamoDB', () => {
  const cost = monthlyCost('dynamodb', sampleInputs(), prices)

  it('consumed units are billed by the million, as calculated by hand', () => {
    // 10 creates of 2 and 40 adds of 1 are 60 units a second, 50 eventual reads 25; a month has 2,628,000 s.
    expect(figureOf(cost, 'dynamodb.writes')).toBeCloseTo(60 * 2.628 * 0.625, 9)
    expect(figureOf(cost, 'dynamodb.reads')).toBeCloseTo(25 * 2.628 * 0.125, 9)
  })

  it('strong reads cost twice as much as eventual reads', () => {
    const strong = { ...DEPLOYMENT, read_consistency: 'strong' as const }
    const double = monthlyCost('dynamodb', sampleInputs({ deployment: strong }), prices)
    expect(figureOf(double, 'dynamodb.reads')).toBeCloseTo(
      2 * (figureOf(cost, 'dynamodb.reads') ?? 0),
      9,
    )
  })

  it('storage and backups are billed by the size of the carts', () => {
    expect(figureOf(cost, 'dynamodb.storage')).toBeCloseTo(0.9 * 0.25, 9)
    expect(figureOf(cost, 'dynamodb.backups')).toBeCloseTo(0.9 * 0.2, 9)
  })

  it('in several regions writes and storage are billed twice, reads once', () => {
    const deployment = { ...DEPLOYMENT, regions: 3 }
    const several = monthlyCost('dynamodb', sampleInputs({ deployment }), prices)
    const times = (id: string) => (figureOf(several, id) ?? 0) / (figureOf(cost, id) ?? 0)
    expect(times('dynamodb.writes')).toBeCloseTo(2, 9)
    expect(times('dynamodb.storage')).toBeCloseTo(2, 9)
    expect(times('dynamodb.reads')).toBeCloseTo(1, 9)
    expect(times('service.alb')).toBeGreaterThan(2)
  })
})

describe('on PostgreSQL', () => {
  it('the instance is sized for the peak and billed in both zones', () => {
    const cost = monthlyCost('postgres', sampleInputs(), prices)
    expect(figureOf(cost, 'postgres.cpu')).toBeCloseTo(0.014, 12)
    expect(figureOf(cost, 'postgres.peak_cores')).toBeCloseTo(0.084, 12)
    // The carts of a day need a class of 4 GiB.
    expect(cost).toMatchObject({ instance: { class: 'db.t4g.medium' }, binding: ['memory'] })
    expect(figureOf(cost, 'postgres.instances')).toBeCloseTo(2 * 730 * 0.065, 9)
    const single = { ...DEPLOYMENT, multi_az: false }
    const half = monthlyCost('postgres', sampleInputs({ deployment: single }), prices)
    expect(figureOf(half, 'postgres.instances')).toBeCloseTo(730 * 0.065, 9)
  })

  it('a steady load above the baseline of burstable classes requires a larger class', () => {
    const traffic = (peak_to_average: number) => ({
      per_second: { get_cart: 8000 },
      peak_to_average,
    })
    const nameOf = (peak: number) =>
      monthlyCost('postgres', sampleInputs({ traffic: traffic(peak) }), prices).billed.find(
        ({ id }) => id === 'postgres.instances',
      )?.title
    // 0.8 cores on average: within 2 vCPUs at 50 %, beyond the 30 % baseline of the largest burstable class.
    expect(nameOf(1)).toBe('Instances (db.m7g.large)')
    expect(nameOf(2)).toBe('Instances (db.m7g.xlarge)')
  })

  it('storage has a minimum and headroom; backups are free up to its size', () => {
    const small = monthlyCost('postgres', sampleInputs({ carts: 1000 }), prices)
    expect(figureOf(small, 'postgres.provisioned')).toBe(20)
    expect(figureOf(small, 'postgres.backups')).toBe(0)
    const large = monthlyCost('postgres', sampleInputs({ carts: 1e8 }), prices)
    expect(figureOf(large, 'postgres.provisioned')).toBeCloseTo(300, 9)
    // 200 GB and 6 further days of 10 %, less the 300 GB that are free.
    expect(figureOf(large, 'postgres.backups')).toBeCloseTo(20 * 0.095, 6)
  })

  it('has no cost where no instance is large enough, and reports what the peak requires', () => {
    const traffic = { per_second: { get_cart: 5e6 }, peak_to_average: 1 }
    const cost = monthlyCost('postgres', sampleInputs({ traffic }), prices)
    expect(cost.total).toBeNull()
    // 5e6 gets at 0.1 ms are 500 cores, at a utilisation of 50 % 1,000 vCPUs; 1,000 tasks of 10 connections each.
    expect(cost.limit).toEqual({
      kind: 'instance_size',
      vcpus: 1000,
      connections: 10_000,
      memory_gib: 1 + (10_000 * 10) / 1024,
    })
    expect(monthlyCost('dynamodb', sampleInputs({ traffic }), prices).total).toBeGreaterThan(0)
  })

  it('has no cost where the storage does not accept the peak', () => {
    const at = (add_items: number, log_bytes = 2000) => {
      const inputs = sampleInputs({ traffic: { per_second: { add_items }, peak_to_average: 2 } })
      const postgres = { ...inputs.postgres, log_bytes: { add_items: log_bytes } }
      return monthlyCost('postgres', { ...inputs, postgres }, prices)
    }
    // 1,000 shared flushes a second, and half a page for each change.
    expect(at(10_000).total).toBeGreaterThan(0)
    expect(at(64_000)).toMatchObject({
      total: null,
      limit: { kind: 'storage_iops', iops: 65_000, accepted: 64_000 },
    })
    expect(at(10_000, 50_000)).toMatchObject({
      total: null,
      limit: {
        kind: 'log_bandwidth',
        bytes_per_s: 20_000 * (50_000 + 4096),
        accepted_per_s: 500 * 2 ** 20,
      },
    })
  })

  it('connections of the tasks can require a larger instance than CPU does', () => {
    const many = { ...DEPLOYMENT, min_tasks: 50 }
    const cost = monthlyCost('postgres', sampleInputs({ deployment: many, carts: 1000 }), prices)
    // 500 connections: 2 GiB allow 225, 4 GiB 450.
    expect(cost.binding).toContain('connections')
    expect(cost.billed.find(({ id }) => id === 'postgres.instances')?.title).toContain('t4g.large')
  })
})

test('tasks are billed by the average, with a minimum of two', () => {
  const busy = { per_second: { get_cart: 25_000 }, peak_to_average: 4 }
  const cost = monthlyCost('dynamodb', sampleInputs({ traffic: busy }), prices)
  expect(figureOf(cost, 'service.tasks')).toBe(5)
  expect(figureOf(cost, 'service.peak_tasks')).toBe(20)
  expect(figureOf(cost, 'service.fargate')).toBeCloseTo(5 * 730 * (0.03238 + 2 * 0.00356), 9)
  expect(figureOf(monthlyCost('dynamodb', sampleInputs(), prices), 'service.tasks')).toBe(2)
})

test('a missing measurement is reported, and there is no figure', () => {
  const inputs = sampleInputs()
  const postgres = {
    service_cpu_s: inputs.postgres.service_cpu_s,
    database_cpu_s: {},
    log_bytes: {},
    cart_bytes: null,
  }
  const cost = monthlyCost('postgres', { ...inputs, postgres }, prices)
  expect(cost).toMatchObject({
    total: null,
    billed: [],
    missing: [
      {
        store: 'postgres',
        what: 'database_cpu',
        kinds: ['create_cart', 'add_items', 'get_cart'],
      },
      { store: 'postgres', what: 'cart_bytes', kinds: [] },
    ],
  })
})

test('every figure has the inputs of its formula, and the ids of the prices among them', () => {
  for (const store of ['postgres', 'dynamodb'] as const) {
    const { billed, derived, total } = monthlyCost(store, sampleInputs(), prices)
    expect(billed.reduce((sum, { value }) => sum + value, 0)).toBe(total)
    for (const figure of [...billed, ...derived]) {
      const named = figure.formula.match(/[a-z]\w*(\.\w+)*/g) ?? []
      expect(Object.keys(figure.inputs)).toEqual(expect.arrayContaining(named))
      for (const [name, id] of Object.entries(figure.prices)) {
        const listed = prices.prices[id as keyof typeof prices.prices]?.price
        const instance = prices.rds_instances.find(
          (one) => `rds.instance.${one.class}` === id,
        )?.price
        expect(figure.inputs[name]).toBe(listed ?? instance)
      }
    }
    expect(billed.every(({ unit }) => unit === 'USD/month')).toBe(true)
  }
})

test('more traffic never costs less', () => {
  const rate = fc.double({ min: 0.01, max: 20_000, noNaN: true })
  fc.assert(
    fc.property(rate, fc.double({ min: 1, max: 3, noNaN: true }), (low, factor) => {
      for (const store of ['postgres', 'dynamodb'] as const) {
        const at = (get_cart: number) =>
          monthlyCost(
            store,
            sampleInputs({
              traffic: { per_second: { get_cart, add_items: get_cart }, peak_to_average: 2 },
            }),
            prices,
          ).total ?? Infinity
        expect(at(low * factor)).toBeGreaterThanOrEqual(at(low))
      }
    }),
    { numRuns: 50, seed: 1 },
  )
})

test('a bill of known resources is priced line by line', () => {
  const lines = bill(
    [
      { title: 'Load balancer', quantity: 730, item: 'alb.hour' },
      { title: 'Database', quantity: 1460, item: { instance: 'db.t4g.small' } },
    ],
    prices,
  )
  expect(lines.map(({ value }) => value)).toEqual([730 * 0.0225, 1460 * 0.032])
  expect(lines[1]?.prices).toEqual({ price: 'rds.instance.db.t4g.small' })
  expect(() => bill([{ title: 'x', quantity: 1, item: { instance: 'db.z9' } }], prices)).toThrow(
    /db\.z9/,
  )
})
