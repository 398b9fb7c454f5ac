import { expect, test } from 'vitest'
import { atRate, costCurve } from '../../../lab/model/cost/cost-curve.ts'
import { crossings } from '../../../lab/model/cost/crossings.ts'
import { totalRate } from '../../../lab/model/cost/inputs.ts'
import { monthlyCost } from '../../../lab/model/cost/monthly-cost.ts'
import { readPrices } from '../../../lab/model/cost/read-prices.ts'
import { sampleInputs } from './sample-inputs.ts'

const prices = readPrices()

test('a fixed cost and one in proportion cross where they are equal', () => {
  const [only, ...others] = crossings(
    () => 100,
    (load) => 4 * load,
    1,
    1000,
  )
  expect(others).toEqual([])
  expect(only).toMatchObject({ below: 'b', above: 'a', kind: 'smooth' })
  expect(only?.at).toBeCloseTo(25, 4)
})

test('a step that jumps over the other curve is found at the jump', () => {
  const steps = (load: number) => (load <= 40 ? 10 : 1000)
  const [only] = crossings(steps, (load) => 4 * load, 10, 1000)
  expect(only).toMatchObject({ below: 'a', above: 'b', kind: 'step', a: 1000 })
  expect(only?.at).toBeCloseTo(40, 4)
})

test('steps can cross a line more than once, and each is found', () => {
  const steps = (load: number) => 100 * Math.ceil(load / 100)
  const found = crossings(steps, (load) => 0.95 * load + 30, 10, 250)
  expect(found.map(({ at }) => Math.round(at))).toEqual([74, 100, 179, 200])
  expect(found.map(({ kind }) => kind)).toEqual(['smooth', 'step', 'smooth', 'step'])
})

test('a curve that ends leaves the other as what there is', () => {
  const ends = (load: number) => (load < 500 ? 1 : null)
  const [only] = crossings(ends, (load) => load, 10, 1000)
  expect(only).toMatchObject({ below: 'a', above: 'b', kind: 'end', a: null })
  expect(only?.at).toBeCloseTo(500, 3)
})

test('curves that never cross have no crossing', () => {
  expect(
    crossings(
      () => 1,
      () => 2,
      1,
      1e6,
    ),
  ).toEqual([])
  expect(
    crossings(
      () => 1,
      () => 1,
      1,
      1e6,
    ),
  ).toEqual([])
  expect(
    crossings(
      () => null,
      () => null,
      1,
      1e6,
    ),
  ).toEqual([])
})

test('DynamoDB is cheaper for little traffic, PostgreSQL for more, DynamoDB where no instance is left', () => {
  const curve = costCurve(sampleInputs(), prices, { low: 0.1, high: 1e5 })
  expect(curve.crossings.map(({ below, above, kind }) => [below, above, kind])).toEqual([
    ['b', 'a', 'smooth'],
    ['a', 'b', 'end'],
  ])
  expect(curve.label).toBe(prices.label)
  const at = curve.crossings[0]?.at ?? 0
  const total = (store: 'postgres' | 'dynamodb') => (rate: number) =>
    monthlyCost(store, atRate(sampleInputs(), rate), prices).total ?? Infinity
  expect(total('dynamodb')(at * 0.99)).toBeLessThan(total('postgres')(at * 0.99))
  expect(total('dynamodb')(at * 1.01)).toBeGreaterThan(total('postgres')(at * 1.01))
})

test('the curve passes through the cost at the given traffic, and carts grow with it', () => {
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

test('without a measurement there is no curve of that store and no crossing, and it says what is missing', () => {
  const inputs = sampleInputs()
  const dynamodb = { ...inputs.dynamodb, cart_bytes: null }
  const curve = costCurve({ ...inputs, dynamodb }, prices, { low: 1, high: 10 })
  expect(curve.missing).toEqual(['DynamoDB: bytes per cart'])
  expect(curve.crossings).toEqual([])
  expect(
    curve.points.every(({ dynamodb: cost, postgres }) => cost === null && postgres !== null),
  ).toBe(true)
})
