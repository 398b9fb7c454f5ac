import { describe, expect, it } from 'vitest'
import { monthlyCost } from '../../../src/model/cost/monthly-cost.ts'
import type { Prices } from '../../../src/model/cost/prices.ts'
import { PURCHASE_IDS, type PurchaseId, purchaseOptions } from '../../../src/model/cost/purchase.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { sampleInputs } from './sample-inputs.ts'

const prices = readPrices()
const inputs = sampleInputs()
const optionsOf = (own: Prices = prices, of = inputs) =>
  new Map(purchaseOptions(of, own).map((one) => [one.id, one]))
const total = (id: PurchaseId, own?: Prices, of = inputs) => optionsOf(own, of).get(id)?.total
const bill = (store: 'postgres' | 'dynamodb', id: string) =>
  monthlyCost(store, inputs, prices).billed.find((figure) => figure.id === id)?.value ?? Number.NaN
const usual = {
  postgres: monthlyCost('postgres', inputs, prices).total ?? Number.NaN,
  dynamodb: monthlyCost('dynamodb', inputs, prices).total ?? Number.NaN,
}

describe('further ways to buy', () => {
  it('are all there for one region, and begin with the usual bill', () => {
    expect([...optionsOf().keys()].toSorted()).toEqual([...PURCHASE_IDS].toSorted())
    expect(total('dynamodb_on_demand')).toBeCloseTo(usual.dynamodb, 9)
    expect(total('rds_on_demand')).toBeCloseTo(usual.postgres, 9)
  })

  it('scale the items that a discount covers, and no others', () => {
    const requests = bill('dynamodb', 'dynamodb.writes') + bill('dynamodb', 'dynamodb.reads')
    expect(total('dynamodb_savings_plan')).toBeCloseTo(usual.dynamodb - 0.18 * requests, 6)
    const instances = bill('postgres', 'postgres.instances')
    expect(total('rds_reserved')).toBeCloseTo(usual.postgres - 0.3 * instances, 6)
  })

  it('the savings plan covers instances of generation 7, and no burstable ones', () => {
    expect(optionsOf().get('rds_savings_plan')).toMatchObject({
      total: null,
      not_covered: 'db.t4g.medium',
    })
    const larger = { ...inputs, deployment: { ...inputs.deployment, burstable: false } }
    const cost = monthlyCost('postgres', larger, prices)
    const instances = cost.billed.find(({ id }) => id === 'postgres.instances')?.value ?? Number.NaN
    expect(cost.instance?.class).toBe('db.m7g.large')
    expect(total('rds_savings_plan', prices, larger)).toBeCloseTo(
      (cost.total ?? Number.NaN) - 0.2 * instances,
      6,
    )
  })

  it('provisioned units are billed by the hour, with room for auto scaling', () => {
    // 10 creates of two units and 40 adds of one; 50 eventual reads of half a unit.
    const writes = (60 / 0.7) * 730 * 0.00065
    const reads = (25 / 0.7) * 730 * 0.00013
    const requests = bill('dynamodb', 'dynamodb.writes') + bill('dynamodb', 'dynamodb.reads')
    expect(total('dynamodb_provisioned')).toBeCloseTo(usual.dynamodb - requests + writes + reads, 6)
  })

  it('are reserved in whole blocks of 100 units', () => {
    // Too few units for a block.
    expect(total('dynamodb_reserved')).toBeCloseTo(total('dynamodb_provisioned') ?? 0, 6)
    const { per_second } = inputs.traffic
    const tenfold = Object.fromEntries(
      Object.entries(per_second).map(([kind, rate]) => [kind, 10 * rate]),
    )
    const large = { ...inputs, traffic: { ...inputs.traffic, per_second: tenfold } }
    const saved =
      (total('dynamodb_provisioned', prices, large) ?? 0) -
      (total('dynamodb_reserved', prices, large) ?? 0)
    expect(saved).toBeCloseTo(0.54 * 730 * (800 * 0.00065 + 300 * 0.00013), 6)
  })

  it('provisioned units compete only where auto scaling can follow the peak', () => {
    const competes = (rise_minutes: number) =>
      purchaseOptions(inputs, prices, rise_minutes).find(({ id }) => id === 'dynamodb_provisioned')
        ?.alternative
    expect([5, 15].map(competes)).toEqual([false, true])
  })

  it('a second region bills writes and storage twice, or one more instance', () => {
    const storage = bill('dynamodb', 'dynamodb.storage') + bill('dynamodb', 'dynamodb.backups')
    // The price of a replicated write is that of a write.
    const more = bill('dynamodb', 'dynamodb.writes') + storage
    expect(total('dynamodb_global_table')).toBeCloseTo(usual.dynamodb + more, 6)
    const instance =
      (bill('postgres', 'postgres.instances') + bill('postgres', 'postgres.storage')) / 2
    expect(total('rds_second_region')).toBeCloseTo(usual.postgres + instance, 6)
    expect(total('rds_read_replica')).toBeCloseTo(usual.postgres + instance, 6)
  })

  it('Aurora bills capacity units of each instance, and storage once', () => {
    const { derived } = monthlyCost('postgres', inputs, prices)
    const value = (id: string) => derived.find((one) => one.id === id)?.value ?? Number.NaN
    const units = Math.max(0.5, value('postgres.cpu') / (0.25 * 0.5), value('postgres.memory') / 2)
    const replaced = bill('postgres', 'postgres.instances') + bill('postgres', 'postgres.storage')
    const io = ((50 + value('postgres.reads') / 3) * 730 * 3600 * 0.2) / 1e6
    expect(total('aurora_serverless')).toBeCloseTo(
      usual.postgres - replaced + units * 2 * 730 * 0.12 + 2 * 0.1 + io,
      6,
    )
    expect(total('aurora_serverless_io')).toBeCloseTo(
      usual.postgres - replaced + units * 2 * 730 * 0.156 + 2 * 0.225,
      6,
    )
  })

  it('are not priced where the file lacks a price, which is named', () => {
    const { options: _, ...bare } = prices
    expect(optionsOf(bare).get('rds_reserved')).toMatchObject({
      total: null,
      not_priced: ['rds.reserved_1y'],
    })
    expect(optionsOf(bare).get('aurora_serverless')?.not_priced).toEqual([
      'aurora.acu',
      'aurora.storage',
      'aurora.io',
    ])
    expect(optionsOf(bare).get('rds_on_demand')?.total).toBeCloseTo(usual.postgres, 9)
    expect(optionsOf().get('aurora_provisioned')).toMatchObject({ total: null })
  })

  it('leave out what applies to one region only where a shop has several', () => {
    const three = { ...inputs, deployment: { ...inputs.deployment, regions: 3 } }
    expect([...optionsOf(prices, three).keys()]).toEqual([
      'dynamodb_on_demand',
      'dynamodb_savings_plan',
      'rds_on_demand',
      'rds_savings_plan',
      'rds_reserved',
      'rds_read_replica',
    ])
  })
})
