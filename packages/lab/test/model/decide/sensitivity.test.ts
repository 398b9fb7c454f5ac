import { expect, test } from 'vitest'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { advise } from '../../../src/model/decide/advise.ts'
import { certaintyOf } from '../../../src/model/decide/certainty.ts'
import { readShop } from '../../../src/model/decide/read-shop.ts'
import { scenarioOf } from '../../../src/model/decide/scenarios.ts'
import { sensitivity } from '../../../src/model/decide/sensitivity.ts'
import { groundsOf, weigh } from '../../../src/model/decide/weigh.ts'
import { sampleEvidence } from './sample-evidence.ts'

const prices = readPrices()
const evidence = sampleEvidence()
/** A shop whose choice rests on several of its assumptions. */
const SHOP = 'spike,rise_minutes=1'

function sensitivityOf(shop: string) {
  const grounds = groundsOf(evidence, prices)
  return sensitivity(weigh(scenarioOf(readShop(shop)), grounds), grounds)
}

test('each variation is what the model recommends for the shop with that value', {
  timeout: 120_000,
}, () => {
  const variations = sensitivityOf(SHOP)
  const flips = variations.filter((one) => one.flips)
  const others = variations.filter((one) => !one.flips)
  expect(flips.length).toBeGreaterThan(1)
  expect(others.length).toBeGreaterThan(2)
  expect(variations).toEqual([...flips, ...others])
  const usual = advise(evidence, prices, { scenarios: [scenarioOf(readShop(SHOP))] })[0]
  for (const { key, to, choice, costs, flips: flipped } of [...flips, ...others.slice(0, 2)]) {
    // As a reader types it.
    const shop = readShop(`${SHOP},${key}=${to}`)
    const [advice] = advise(evidence, prices, { scenarios: [scenarioOf(shop)] })
    expect({ key, to, choice }).toEqual({ key, to, choice: advice?.choice })
    expect(flipped).toBe(advice?.choice !== usual?.choice)
    expect(costs).toEqual({
      postgres: advice?.standings.postgres.cost.total,
      dynamodb: advice?.standings.dynamodb.cost.total,
    })
  }
})

test('no variation leaves what a shop may have, or repeats what it is', () => {
  const edge = 'peak_factor=1,lines_per_cart=100,regions=20,min_memory_gib=1,rise_minutes=1'
  for (const { key, from, to } of sensitivityOf(edge)) {
    expect(to).not.toBe(from)
    expect(() => readShop(`growing,${key}=${to}`)).not.toThrow()
  }
})

const certainty = (shop: string) =>
  certaintyOf(weigh(scenarioOf(readShop(`${shop},rise_minutes=1`)), groundsOf(evidence, prices)))

test('a wide margin is certain, and a narrow one is not', () => {
  const wide = certainty('startup')
  expect(wide).toMatchObject({ cheaper: 'dynamodb', share: 1 })
  expect(wide?.saves?.low).toBeGreaterThan(0)
  const narrow = certainty('global')
  expect(narrow?.share).toBeLessThan(0.95)
  expect(narrow?.saves?.low).toBeLessThan(0)
  expect(narrow?.saves?.high).toBeGreaterThan(0)
})

test('prices that the vendor published make a choice more certain', () => {
  const vendor = {
    ...prices,
    prices: Object.fromEntries(
      Object.entries(prices.prices).map(([id, one]) => [id, { ...one, status: 'vendor' }]),
    ) as typeof prices.prices,
    rds_instances: prices.rds_instances.map((one) => ({ ...one, status: 'vendor' as const })),
  }
  const scenario = scenarioOf(readShop('startup,rise_minutes=1'))
  const width = (of: typeof prices) => {
    const { saves } = certaintyOf(weigh(scenario, groundsOf(evidence, of))) ?? {}
    return (saves?.high ?? 0) - (saves?.low ?? 0)
  }
  expect(width(vendor)).toBeLessThan(width(prices) / 2)
})

test('without both costs there is no certainty', () => {
  const missing = sampleEvidence({ dynamodb: { cart_bytes: null } })
  const scenario = scenarioOf(readShop('startup,rise_minutes=1'))
  expect(certaintyOf(weigh(scenario, groundsOf(missing, prices)))).toBeNull()
})

test('larger carts cost more units and bytes', () => {
  const grounds = groundsOf(evidence, prices)
  const of = (lines: number) =>
    weigh(scenarioOf(readShop(`growing,rise_minutes=1,lines_per_cart=${lines}`)), grounds).inputs
  const [five, fifty] = [of(5), of(50)]
  // A line of 140 bytes: 7 lines per write unit, 29 lines per strong read unit, on average over 50 lines.
  const mean = (bytes: number) =>
    Array.from({ length: 50 }, (_, line) => Math.ceil(((line + 1) * 140) / bytes)).reduce(
      (sum, units) => sum + units / 50,
      0,
    )
  expect(five.dynamodb.write_units.add_items).toBe(1)
  expect(fifty.dynamodb.write_units.add_items).toBeCloseTo(mean(1024), 9)
  expect(fifty.dynamodb.read_units.strong.get_cart).toBeCloseTo(mean(4096), 9)
  expect(fifty.dynamodb.read_units.eventual.get_cart).toBeCloseTo(mean(4096) / 2, 9)
  expect(fifty.dynamodb.cart_bytes).toBeCloseTo(200 + 10 * 700, 9)
  expect(fifty.postgres.cart_bytes).toBe(20_000)
})
