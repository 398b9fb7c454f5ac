import { expect, test } from 'vitest'
import { derive } from '../../../lab/model/cost/figure.ts'

const tasks = (cpu: number, at_least?: number) =>
  derive({
    id: 'tasks',
    title: 'Tasks',
    unit: 'tasks',
    formula: 'cpu / target',
    inputs: { cpu, target: 0.3 },
    rounded_up: true,
    ...(at_least === undefined ? {} : { at_least }),
  })

test('a figure is the result of its formula, with its inputs and the ids of its prices', () => {
  const figure = derive({
    id: 'writes',
    title: 'Writes',
    unit: 'USD/month',
    formula: '(units + 2) * price / 4',
    inputs: { units: 10 },
    prices: { price: { id: 'dynamodb.write_units', price: 5 } },
  })
  expect(figure).toMatchObject({
    value: 15,
    inputs: { units: 10, price: 5 },
    prices: { price: 'dynamodb.write_units' },
    rounded_up: false,
    at_least: null,
  })
})

test('a count is rounded up except for the rounding error of a division, and has a minimum', () => {
  expect(tasks(0.4).value).toBe(2)
  // 1.0000000000000002 in binary.
  expect(tasks(0.1 + 0.2).value).toBe(1)
  expect(tasks(0.1, 2)).toMatchObject({ value: 2, at_least: 2, rounded_up: true })
})

test('a formula without a result throws', () => {
  expect(() =>
    derive({ id: 'x', title: 'x', unit: 'x', formula: 'a / b', inputs: { a: 1, b: 0 } }),
  ).toThrow(new RangeError('x: a / b has no result'))
})
