import { expect, test } from 'vitest'
import { atRate, costCurve } from '../../../src/model/cost/cost-curve.ts'
import { crossings } from '../../../src/model/cost/crossings.ts'
import { totalRate } from '../../../src/model/cost/inputs.ts'
import { monthlyCost } from '../../../src/model/cost/monthly-cost.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { sampleInputs } from './sample-inputs.ts'

const prices = readPrices()

test('a constant cost and one proportional to the load cross where they are equal', () => {
  const [only, ...others] = crossings(
    { postgres: () => 100, dynamodb: (load) => 4 * load },
    1,
    1000,
  )
  expect(others).toEqual([])
  expect(only).toMatchObject({ below: 'dynamodb', above: 'postgres', kind: 'smooth' })
  expect(only?.at).toBeCloseTo(25, 4)
})

test('a step that jumps over the other curve is found at the jump', () => {
  const steps = (load: number) => (load <= 40 ? 10 : 1000)
  const [only] = crossings({ postgres: steps, dynamodb: (load) => 4 * load }, 10, 1000)
  expect(only).toMatchObject({ below: 'postgres', above: 'dynamodb', kind: 'step' })
  expect(only?.costs.postgres).toBe(1000)
  expect(only?.at).toBeCloseTo(40, 4)
})

test('every crossing of a step curve with a line is found', () => {
  const steps = (load: number) => 100 * Math.ceil(load / 100)
  const found = crossings({ postgres: steps, dynamodb: (load) => 0.95 * load + 30 }, 10, 250)
  expect(found.map(({ at }) => Math.round(at))).toEqual([74, 100, 179, 200])
  expect(found.map(({ kind }) => kind)).toEqual(['smooth', 'step', 'smooth', 'step'])
})

test('where one curve ends, the other store is the only one', () => {
  const ends = (load: number) => (load < 500 ? 1 : null)
  const [only] = crossings({ postgres: ends, dynamodb: (load) => load }, 10, 1000)
  expect(only).toMatchObject({ below: 'postgres', above: 'dynamodb', kind: 'end' })
  expect(only?.costs.postgres).toBeNull()
  expect(only?.at).toBeCloseTo(500, 3)
})

test.each([
  [1, 2],
  [1, 1],
  [null, null],
])('constant costs of %s and %s have no crossing', (postgres, dynamodb) => {
  const curves = { postgres: () => postgres, dynamodb: () => dynamodb }
  expect(crossings(curves, 1, 1e6)).toEqual([])
})

test('DynamoDB is cheaper at low traffic, PostgreSQL above, and DynamoDB again where no instance is large enough', () => {
  const curve = costCurve(sampleInputs(), prices, { low: 0.1, high: 1e5 })
  expect(curve.crossings[0]).toMatchObject({ below: 'dynamodb', above: 'postgres', kind: 'smooth' })
  expect(curve.crossings.at(-1)).toMatchObject({
    below: 'postgres',
    above: 'dynamodb',
    kind: 'end',
  })
  // In between, each larger instance makes PostgreSQL the more expensive one for a while.
  for (const [place, { below, kind }] of curve.crossings.slice(1, -1).entries()) {
    expect(below).toBe(place % 2 === 0 ? 'postgres' : 'dynamodb')
    expect(['step', 'smooth']).toContain(kind)
  }
  const at = curve.crossings[0]?.at ?? 0
  const total = (store: 'postgres' | 'dynamodb') => (rate: number) =>
    monthlyCost(store, atRate(sampleInputs(), rate), prices).total ?? Infinity
  expect(total('dynamodb')(at * 0.99)).toBeLessThan(total('postgres')(at * 0.99))
  expect(total('dynamodb')(at * 1.01)).toBeGreaterThan(total('postgres')(at * 1.01))
})

test('scaling to the given rate changes nothing, and carts scale with the rate', () => {
  const inputs = sampleInputs()
  expect(atRate(inputs, totalRate(inputs.traffic))).toEqual({
    ...inputs,
    traffic: {
      ...inputs.traffic,
      per_second: { ...inputs.traffic.per_second, checkout: 0, list_carts: 0 },
    },
  })
  expect(atRate(inputs, 200).carts).toBe(2e6)
})

test('a missing measurement is reported, and leaves that store without a curve and without crossings', () => {
  const inputs = sampleInputs()
  const dynamodb = { ...inputs.dynamodb, cart_bytes: null }
  const curve = costCurve({ ...inputs, dynamodb }, prices, { low: 1, high: 10 })
  expect(curve.missing).toEqual([{ store: 'dynamodb', what: 'cart_bytes', kinds: [] }])
  expect(curve.crossings).toEqual([])
  expect(
    curve.points.every(({ dynamodb: cost, postgres }) => cost === null && postgres !== null),
  ).toBe(true)
})
