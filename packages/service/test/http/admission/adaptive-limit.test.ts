import { describe, expect, it } from 'vitest'
import {
  type AdaptiveLimit,
  openAdaptiveLimit,
} from '../../../src/http/admission/adaptive-limit.ts'

/**
 * A database with `slots` and a fixed service time, under a load that always fills the limit. Simulated time; returns the
 * mean limit, latency and throughput (requests per second) of the last quarter.
 */
function saturate(
  limit: AdaptiveLimit,
  {
    slots,
    serviceMs,
    seconds,
    from = 0,
  }: { slots: number; serviceMs: number; seconds: number; from?: number },
) {
  const free = Array.from({ length: slots }, () => from)
  const working: { began: number; ends: number }[] = []
  const late = { count: 0, latency: 0, limit: 0 }
  let now = from
  const end = from + seconds * 1000
  while (now < end) {
    while (working.length < limit.value()) {
      limit.began(working.length + 1, now)
      const slot = free.indexOf(Math.min(...free))
      const ends = Math.max(now, free[slot] ?? 0) + serviceMs
      free[slot] = ends
      working.push({ began: now, ends })
    }
    const next = working.shift() as { began: number; ends: number }
    now = next.ends
    limit.ended(next.began, now, true)
    if (now < end - seconds * 250) continue
    late.count += 1
    late.latency += now - next.began
    late.limit += limit.value()
  }
  for (const { began, ends } of working) limit.ended(began, ends, true)
  return {
    now,
    perSecond: late.count / (seconds / 4),
    latencyMs: late.latency / late.count,
    limit: late.limit / late.count,
  }
}

describe('the adaptive limit', () => {
  it.each([
    [64, 500],
    [100, 100],
    [20, 50],
  ])(
    'of a saturated database with %i slots of %i ms keeps its throughput and at most 2.8 times its latency',
    (slots, serviceMs) => {
      const found = saturate(openAdaptiveLimit(10_000), { slots, serviceMs, seconds: 120 })
      expect(found.perSecond).toBeGreaterThan(0.93 * slots * (1000 / serviceMs))
      expect(found.latencyMs).toBeLessThan(2.8 * serviceMs)
    },
  )

  it('lets a fast database have queues of 20 ms, which batches make cheap', () => {
    const { latencyMs, limit } = saturate(openAdaptiveLimit(10_000), {
      slots: 10,
      serviceMs: 1,
      seconds: 20,
    })
    expect(latencyMs).toBeGreaterThan(10)
    expect(latencyMs).toBeLessThan(30)
    expect(limit).toBeGreaterThan(100)
  })

  it('follows a database that becomes slow, and one that becomes fast again', () => {
    const limit = openAdaptiveLimit(10_000)
    const fast = saturate(limit, { slots: 64, serviceMs: 10, seconds: 20 })
    const slow = saturate(limit, { slots: 64, serviceMs: 500, seconds: 60, from: fast.now })
    expect(slow.perSecond).toBeGreaterThan(0.9 * 128)
    expect(slow.latencyMs).toBeLessThan(1200)
    const again = saturate(limit, { slots: 64, serviceMs: 10, seconds: 20, from: slow.now })
    expect(again.perSecond).toBeGreaterThan(0.9 * 6400)
    expect(again.latencyMs).toBeLessThan(50)
  })

  it('stays as it is while it is not reached', () => {
    const limit = openAdaptiveLimit(10_000)
    const before = limit.value()
    for (let now = 0; now < 60_000; now += 10) {
      limit.began(3, now)
      limit.ended(now, now + (now % 1000), true)
    }
    expect(limit.value()).toBe(before)
  })

  it('still follows a slow database after a time in which no two requests overlapped', () => {
    const limit = openAdaptiveLimit(10_000)
    let now = 0
    for (; now < 60_000; now += 5) {
      limit.began(1, now)
      limit.ended(now, now + 2, true)
    }
    expect(limit.latencyMs()).toBeCloseTo(2)
    const slow = saturate(limit, { slots: 64, serviceMs: 500, seconds: 120, from: now })
    expect(slow.latencyMs).toBeLessThan(1400)
  })

  it('never exceeds its maximum, nor falls below a few requests', () => {
    const small = saturate(openAdaptiveLimit(3), { slots: 64, serviceMs: 5, seconds: 20 })
    expect(small.limit).toBe(3)
    const none = saturate(openAdaptiveLimit(1000), { slots: 1, serviceMs: 1000, seconds: 300 })
    expect(none.limit).toBeGreaterThanOrEqual(2)
    expect(none.perSecond).toBeGreaterThan(0.9)
  })
})
