import { describe, expect, it } from 'vitest'
import { derive } from '../../../src/model/cost/figure.ts'
import { type DatabaseLoad, instanceFor, lacking } from '../../../src/model/cost/instance-size.ts'
import { monthlyCost } from '../../../src/model/cost/monthly-cost.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { DEPLOYMENT } from '../../../src/model/terms/deployment.ts'
import { sampleInputs } from './sample-inputs.ts'

const prices = readPrices()
const value = (amount: number) =>
  derive({ id: 'x', title: 'x', unit: 'x', formula: 'amount', inputs: { amount } })

const LOAD: DatabaseLoad = {
  cpu: value(0.01),
  peak_cores: value(0.1),
  connections: value(20),
  memory: value(0.5),
  iops: value(10),
  written: value(1e4),
}

describe('the instance class', () => {
  it.each([
    ['cpu', { peak_cores: value(3) }, 'db.m7g.xlarge'],
    ['cpu_credits', { cpu: value(0.5) }, 'db.m7g.large'],
    ['memory', { memory: value(5) }, 'db.t4g.large'],
    ['connections', { connections: value(600) }, 'db.t4g.large'],
    ['storage_iops', { iops: value(3800) }, 'db.t4g.large'],
    ['storage_throughput', { written: value(80e6) }, 'db.t4g.large'],
  ] as const)('is the cheapest for which everything holds; %s binds', (name, change, expected) => {
    const load = { ...LOAD, ...change }
    const chosen = instanceFor(load, prices.rds_instances, DEPLOYMENT)
    expect(chosen?.instance.class).toBe(expected)
    expect(chosen?.binding).toContain(name)
    expect(chosen && lacking(chosen.instance, load, DEPLOYMENT)).toEqual([])
    for (const cheaper of prices.rds_instances.filter(
      ({ price }) => price < (chosen?.instance.price ?? 0),
    ))
      expect(lacking(cheaper, load, DEPLOYMENT), cheaper.class).not.toEqual([])
  })

  it('is never a burstable one where these are excluded', () => {
    const rules = { ...DEPLOYMENT, burstable: false }
    expect(instanceFor(LOAD, prices.rds_instances, rules)).toMatchObject({
      instance: { class: 'db.m7g.large' },
      binding: ['burstable'],
    })
  })
})

describe('a bill on PostgreSQL', () => {
  const at = (add_items: number, change = {}) =>
    monthlyCost(
      'postgres',
      sampleInputs({
        traffic: { per_second: { create_cart: add_items / 4, add_items }, peak_to_average: 2 },
        ...change,
      }),
      prices,
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
    expect(at(20_000).limit).toEqual({
      kind: 'storage_iops',
      iops: 1000 + 25_000,
      accepted: 12_000,
    })
  })
})
