import { describe, expect, it } from 'vitest'
import { createRecorder } from '../../src/load/generator/recorder.ts'
import type { OutcomeKind } from '../../src/results/load-result.ts'
import { percentileMs } from '../../src/stats/histogram.ts'

const SECOND = 1e6
const MS = 1000

function recorderWith(
  ends: readonly (readonly [at: number, took: number, kind: OutcomeKind, waited?: number])[],
) {
  const recorder = createRecorder()
  recorder.measure(SECOND, 11 * SECOND)
  for (const [at, took, kind, waited = 0] of ends)
    recorder.record({
      part: at < SECOND ? 'warm-up' : 'measured',
      operation: 'get_cart',
      outcome: { kind, name: kind },
      at,
      sentAt: kind === 'unsent' ? null : at + waited,
      endedAt: at + waited + took,
    })
  return recorder
}

describe('what is recorded', () => {
  it('counts from the intended start and from the send', () => {
    const { tallies } = recorderWith([[2 * SECOND, 10 * MS, 'ok', 30 * MS]])
    expect(percentileMs(tallies.get_cart.response, 50, 1)).toBeCloseTo(40, 1)
    expect(percentileMs(tallies.get_cart.service, 50, 1)).toBeCloseTo(10, 1)
  })

  it('leaves out what was intended for the warm-up, except in the series', () => {
    const recorder = recorderWith([
      [SECOND - 1, 5 * MS, 'ok'],
      [SECOND, 7 * MS, 'ok'],
    ])
    expect(recorder.overall.totalCount).toBe(1)
    expect(recorder.series.finish().map(({ count }) => count)).toEqual([1, 1])
  })

  it('counts the times of timeouts and of unsent operations, and of no other failure', () => {
    const at = 3 * SECOND
    const recorder = recorderWith([
      [at, 10 * MS, 'ok'],
      [at, 9000 * MS, 'timeout'],
      [at, 8000 * MS, 'unsent'],
      [at, 1, 'server_error'],
      [at, 1, 'network'],
      [at, 1, 'no_cart'],
    ])
    expect(recorder.overall.totalCount).toBe(3)
    expect(percentileMs(recorder.overall, 100, 1)).toBeGreaterThan(8990)
    expect(recorder.tallies.get_cart.service.totalCount).toBe(2)
    expect([...recorder.tallies.get_cart.outcomes.values()].map(({ count }) => count)).toEqual([
      1, 1, 1, 1, 1, 1,
    ])
  })

  it('counts responses within the measured time as throughput', () => {
    const recorder = recorderWith([
      [0.5 * SECOND, SECOND, 'ok'],
      [10.5 * SECOND, 0.4 * SECOND, 'ok'],
      [10.5 * SECOND, 0.6 * SECOND, 'ok'],
    ])
    expect(recorder.okInTime()).toBe(2)
  })

  it('limits the number of different outcomes', () => {
    const recorder = createRecorder()
    recorder.measure(0, SECOND)
    for (let i = 0; i < 1000; i++)
      recorder.record({
        part: 'measured',
        operation: 'add_items',
        outcome: { kind: 'client_error', name: `400 CODE_${i}` },
        at: 0,
        sentAt: 0,
        endedAt: 1,
      })
    const outcomes = [...recorder.tallies.add_items.outcomes.values()]
    expect(outcomes.length).toBeLessThan(110)
    expect(outcomes.at(-1)).toEqual({ kind: 'client_error', name: 'other', count: 900 })
  })
})

describe('the series', () => {
  it('shows a stall in the second of the intended start, and responses in the second of their arrival', () => {
    const recorder = recorderWith([
      [2.1 * SECOND, 10 * MS, 'ok'],
      [2.2 * SECOND, 3000 * MS, 'ok'],
      [3.3 * SECOND, 10 * MS, 'server_error'],
    ])
    const [, , second, third, , fifth] = recorder.series.finish()
    expect(second).toMatchObject({ second: 2, count: 2, ended: 1, errors: 0, p99: null })
    expect(second?.max).toBeGreaterThan(2990)
    expect(third).toMatchObject({ count: 1, ended: 1, errors: 1, max: null })
    expect(fifth).toMatchObject({ second: 5, count: 0, ended: 1 })
  })

  it('is the same when seconds are settled early', () => {
    const ends = Array.from({ length: 600 }, (_, i) => [i * 10 * MS, i * 10, 'ok'] as const)
    const recorder = recorderWith(ends.slice(0, 300))
    recorder.series.settleBefore(3)
    for (const [at, took] of ends.slice(300))
      recorder.record({
        part: 'measured',
        operation: 'get_cart',
        outcome: { kind: 'ok', name: 'ok' },
        at,
        sentAt: at,
        endedAt: at + took,
      })
    expect(recorder.series.finish()).toEqual(recorderWith(ends).series.finish())
  })
})
