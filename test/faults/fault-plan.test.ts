import { expect, test } from 'vitest'
import { planFaults } from '../../lab/faults/fault-plan.ts'
import { openFaults } from '../../lab/faults/faults.ts'

const NAMES = ['a', 'b', 'c']

test('the same seed plans the same windows, another seed different ones', () => {
  const windows = (seed: number) => planFaults(seed, NAMES, 20).windows
  expect(windows(1)).toEqual(windows(1))
  expect(windows(1)).not.toEqual(windows(2))
})

test.each([0.5, 5, 30])(
  'in %d s every fault has a window, and windows do not overlap',
  (seconds) => {
    const { windows } = planFaults(7, NAMES, seconds)
    expect(new Set(windows.map(({ fault }) => fault))).toEqual(new Set(NAMES))
    for (const [at, { from_ms, to_ms }] of windows.entries()) {
      expect(from_ms).toBeGreaterThanOrEqual(windows[at - 1]?.to_ms ?? 0)
      expect(to_ms).toBeLessThanOrEqual(seconds * 1000)
    }
  },
)

test('a plan without faults has no windows', () => {
  expect(planFaults(1, [], 5, ['lag'])).toMatchObject({ windows: [], faults: ['lag'] })
})

test('a fault is always injected at the first opportunity in a window, and never outside the recording', () => {
  const faults = openFaults(planFaults(1, ['a'], 1))
  let now = 0
  expect(faults.strikes(1)).toBe(false)
  faults.begin(() => now)
  expect(faults.strikes(0)).toBe(true)
  expect(faults.strikes(0)).toBe(false)
  faults.end()
  expect(faults.active()).toBeUndefined()
  now = 1
  expect(faults.strikes(1)).toBe(false)
})

test('the faults of an operation are those that overlap it in time', () => {
  const faults = openFaults(planFaults(1, ['a', 'b'], 1))
  let now = 100
  faults.begin(() => now)
  faults.note('b', 50)
  now = 300
  faults.note('a', 90)
  expect(faults.during(10, 40)).toEqual([])
  expect(faults.during(95, 120)).toEqual(['a', 'b'])
  expect(faults.during(150, 160)).toEqual(['a'])
})
