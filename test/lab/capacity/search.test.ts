import { expect, test } from 'vitest'
import { meets, parseObjective, secondsFor } from '../../../lab/capacity/objective.ts'
import { searchHighestRate } from '../../../lab/capacity/search.ts'
import { UsageError } from '../../../lab/errors/usage-error.ts'
import { loadResult } from '../../support/load-result.ts'

/** A service that sustains `capacity`, and a generator that sustains `generator`. */
function search(capacity: number, generator = Infinity, most = 100_000) {
  return searchHighestRate({
    start: 100,
    most,
    run: async (rate) => ({ rate, meets: rate > generator ? null : rate <= capacity }),
  })
}

test.each([730, 1000, 99, 17_250])('finds %d within 5 %, and confirms it', async (capacity) => {
  const { highest, limitedBy, probes } = await search(capacity)
  expect(limitedBy).toBe('objective')
  expect(highest).toBeLessThanOrEqual(capacity)
  expect(highest).toBeGreaterThan(capacity / 1.06)
  expect(probes.at(-1)).toEqual({ rate: highest, meets: true })
  expect(probes.filter(({ rate }) => rate === highest).length).toBeGreaterThan(1)
})

test('a service that is faster than the generator gets no limit', async () => {
  const { highest, limitedBy } = await search(1e9, 5000)
  expect(limitedBy).toBe('generator')
  expect(highest).toBeLessThanOrEqual(5000)
  expect(highest).toBeGreaterThan(5000 / 1.06)
})

test('the bounds of the search are distinguished from the limit of the service', async () => {
  expect(await search(1e9, Infinity, 3000)).toMatchObject({ highest: 3000, limitedBy: 'search' })
  expect(await search(0)).toMatchObject({ highest: null, limitedBy: 'search' })
})

test('a rate that does not meet the objective twice is replaced by the next lower one', async () => {
  const runs = new Map<number, number>()
  const { highest } = await searchHighestRate({
    start: 100,
    most: 400,
    run: async (rate) => {
      const run = (runs.get(rate) ?? 0) + 1
      runs.set(rate, run)
      return { rate, meets: rate <= 200 || (rate === 400 && run === 1) }
    },
  })
  expect(highest).toBe(200)
})

test('Ctrl-C ends the search and keeps its runs', async () => {
  const interrupt = new AbortController()
  const { probes, highest } = await searchHighestRate({
    start: 100,
    most: 1e6,
    signal: interrupt.signal,
    run: async (rate) => {
      if (rate === 400) interrupt.abort()
      return { rate, meets: true }
    },
  })
  expect(probes.map(({ rate }) => rate)).toEqual([100, 200, 400])
  expect(highest).toBeNull()
})

test('objectives are in ms or s, and in no other form', () => {
  expect(parseObjective('p99=50ms')).toMatchObject({ percentile: 'p99', ms: 50 })
  expect(parseObjective(' p999 = 1.5s ')).toMatchObject({ text: 'p999=1500ms', ms: 1500 })
  for (const bad of ['p98=5ms', 'p99', 'p99=0ms', 'p99=5', 'p99<5ms', ''])
    expect(() => parseObjective(bad)).toThrow(UsageError)
})

test('fast failures, a growing queue and an overrun generator do not meet an objective', () => {
  const objective = parseObjective('p99=50ms')
  expect(meets(objective, loadResult({ p99: 20 }))).toBe(true)
  expect(meets(objective, loadResult({ p99: 60 }))).toBe(false)
  expect(meets(objective, loadResult({ p99: 20, failed: 30 }))).toBe(false)
  expect(meets(objective, loadResult({ p99: 20, achieved: 80 }))).toBe(false)
  expect(meets(objective, loadResult({ p99: 20, valid: false }))).toBeNull()
  expect(meets(objective, loadResult({ p99: null }))).toBeNull()
})

test('a run at a low rate is long enough for its percentile, up to a maximum', () => {
  const p99 = parseObjective('p99=50ms')
  expect(secondsFor(p99, 200, 6)).toBe(6)
  expect(secondsFor(p99, 50, 6)).toBe(24)
  expect(secondsFor(p99, 50, 60)).toBe(60)
  expect(secondsFor(p99, 1, 6)).toBe(120)
  expect(secondsFor(parseObjective('p50=50ms'), 4, 2)).toBe(6)
})
