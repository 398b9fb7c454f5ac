import { describe, expect, it } from 'vitest'
import { openSchedule } from '../../lab/load/schedule/schedule.ts'
import { createHistogram, percentileMs, recordTime } from '../../lab/stats/histogram.ts'
import { virtualRun as run, type VirtualRun } from './virtual-run.ts'

const MS = 1000
const SECOND = 1e6
const gets = (result: VirtualRun) => result.recorder.tallies.get_cart

describe('the open loop', () => {
  it('measures a service that takes 20 ms as 20 ms, at p50 and p99', () => {
    const result = run({ rate: 200, duration_s: 30 }, { serviceTime: () => 20 * MS })
    for (const times of [gets(result).response, gets(result).service])
      for (const percentile of [50, 99]) expect(percentileMs(times, percentile)).toBeCloseTo(20, 1)
  })

  it('sends every step at its intended start, in order', () => {
    const { spec, sent } = run({ rate: 500, duration_s: 4 }, { serviceTime: () => 3 * MS })
    const schedule = openSchedule(spec)
    for (const { step, at } of sent) {
      expect(schedule.next()).toEqual(step)
      expect(at).toBe(step.at)
    }
    expect(schedule.next()).toBeNull()
  })

  it('charges a stall of 1 s every 10 s to all operations that were intended meanwhile, as wrk2 does', () => {
    const spec = { rate: 200, duration_s: 60, connections: 8 }
    const result = run(spec, { serviceTime: stalling })
    const expected = createHistogram()
    const schedule = openSchedule(result.spec)
    for (let step = schedule.next(); step !== null; step = schedule.next())
      recordTime(expected, stalling(step.at))
    const p99 = percentileMs(expected, 99) ?? 0
    expect(p99).toBeGreaterThan(800)
    const measured = percentileMs(result.recorder.overall, 99) ?? 0
    expect(Math.abs(measured / p99 - 1)).toBeLessThan(0.05)
    expect(percentileMs(result.recorder.overall, 50)).toBeCloseTo(20, 0)
    // Measured from the send, only the eight requests in flight met the stall, which is misleading.
    expect(percentileMs(gets(result).service, 99)).toBeLessThan(p99 / 10)
  })

  it('does not count as lag that steps wait for a free connection', () => {
    const { recorder } = run(
      { rate: 200, duration_s: 5, connections: 2 },
      { serviceTime: stalling },
    )
    expect(recorder.overall.maxValue).toBeGreaterThan(900 * MS)
    expect(recorder.lag.totalCount).toBeGreaterThan(900)
    expect(recorder.lag.maxValue).toBe(0)
  })

  it('counts as lag, and only as lag, that its alarm rings late', () => {
    const { recorder } = run(
      { rate: 10, arrivals: 'constant', duration_s: 10 },
      { serviceTime: () => 20 * MS, lateBy: () => 7 * MS },
    )
    // The first step is due at the start, without an alarm.
    expect(percentileMs(recorder.lag, 50)).toBeCloseTo(7, 1)
    expect(percentileMs(recorder.tallies.get_cart.service, 50)).toBeCloseTo(20, 1)
    expect(percentileMs(recorder.tallies.get_cart.response, 50)).toBeCloseTo(27, 1)
  })

  it('records steps that found no connection until the end, with the time that they waited', () => {
    const { outcomes, recorder, spec } = run(
      { rate: 100, arrivals: 'constant', duration_s: 10, connections: 1, timeout_ms: 2000 },
      { serviceTime: () => SECOND },
    )
    expect(outcomes).toEqual({ ok: 12, unsent: 988 })
    expect(recorder.overall.totalCount).toBe(1000)
    expect(recorder.overall.maxValue).toBeGreaterThan(spec.duration_s * SECOND)
    expect(recorder.okInTime()).toBe(9)
  })

  it('keeps what ended before an interruption, and marks the rest', () => {
    const { outcomes } = run(
      { rate: 100, arrivals: 'constant', duration_s: 60, connections: 4 },
      { serviceTime: () => 100 * MS, stopAt: 1.05 * SECOND },
    )
    expect(outcomes).toEqual({ ok: 40, interrupted: 4, unsent: 62 })
  })
})

/** 20 ms, but no responses in the first second of every ten. */
function stalling(now: number): number {
  const within = now % (10 * SECOND)
  return within < SECOND ? SECOND - within + 20 * MS : 20 * MS
}

describe('the closed loop', () => {
  it('keeps every connection busy with one request until the time is over', () => {
    const { sent, recorder } = run(
      { loop: 'closed', duration_s: 10, connections: 4 },
      { serviceTime: () => 20 * MS },
    )
    expect(sent).toHaveLength((4 * 10 * SECOND) / (20 * MS))
    expect(percentileMs(recorder.overall, 99)).toBeCloseTo(20, 1)
  })

  it('ends after the operations of the spec', () => {
    const { sent } = run({ loop: 'closed', operations: 77 }, { serviceTime: () => MS })
    expect(sent).toHaveLength(77)
  })
})

describe('sessions', () => {
  const mix = 'shopper'

  it.each(['open', 'closed'] as const)('never overlap for one shopper (%s)', (loop) => {
    const rate = loop === 'open' ? { rate: 400 } : {}
    const { sent, outcomes } = run(
      { loop, ...rate, mix, duration_s: 5, shoppers: 40, connections: 16 },
      { serviceTime: (_, { slot }) => (5 + slot) * MS },
    )
    const busyUntil = new Map<number, number>()
    const order = new Map<number, number>()
    for (const { step, cartId, at } of sent) {
      expect(at).toBeGreaterThanOrEqual(busyUntil.get(step.slot) ?? 0)
      busyUntil.set(step.slot, at + (5 + step.slot) * MS)
      expect(cartId).toBe(step.operation === 'create_cart' ? '' : `cart ${step.slot}`)
      expect(step.at).toBeGreaterThanOrEqual(order.get(step.slot) ?? 0)
      order.set(step.slot, step.at)
    }
    expect(Object.keys(outcomes)).toEqual(['ok'])
  })

  it('whose cart could not be created send nothing else, and report it', () => {
    const { sent, outcomes } = run(
      { rate: 200, mix, duration_s: 5 },
      {
        serviceTime: () => MS,
        outcomeOf: () => ({ kind: 'server_error', name: '500' }),
        carts: [],
      },
    )
    expect(new Set(sent.map(({ step }) => step.operation))).toEqual(new Set(['create_cart']))
    expect(outcomes.no_cart).toBeGreaterThan(500)
    expect((outcomes.server_error ?? 0) + (outcomes.no_cart ?? 0)).toBeGreaterThan(900)
  })
})

describe('a cart that is replaced', () => {
  it('serves until the new one is there', () => {
    let created = 0
    const { sent } = run(
      { rate: 200, mix: 'hot', duration_s: 10 },
      {
        serviceTime: () => 50 * MS,
        outcomeOf: ({ operation }) => ({
          kind: 'ok',
          name: 'ok',
          ...(operation === 'create_cart' && { cartId: `new ${++created}` }),
        }),
      },
    )
    const ids = [...new Set(sent.filter(({ cartId }) => cartId !== '').map(({ cartId }) => cartId))]
    expect(ids).toEqual(['cart 0', ...Array.from({ length: created }, (_, i) => `new ${i + 1}`)])
    expect(created).toBeGreaterThan(1)
  })
})
