import { expect, test } from 'vitest'
import { logAxis, tickText } from '../../../lab/page/plot/axes.ts'

const ticksOf = (times: number[]) => logAxis(times).ticks.map(tickText)

test('ticks are round numbers within the range', () => {
  expect(ticksOf([0.4, 12])).toEqual(['0.5', '1', '2', '5', '10'])
  expect(ticksOf([0.05, 5000])).toEqual(['0.1', '1', '10', '100', '1,000'])
})

test('the axis spans all times, and is valid without any', () => {
  const { min, max } = logAxis([0, 3, 3])
  expect(min).toBeLessThan(-2)
  expect(max).toBeGreaterThan(Math.log10(3))
  expect(logAxis([]).max).toBeGreaterThan(logAxis([]).min)
})

test('equal times still get an axis', () => {
  const { min, max, ticks } = logAxis([3, 3, 3])
  expect(max).toBeGreaterThan(min)
  expect(ticks.length).toBeGreaterThan(0)
})
