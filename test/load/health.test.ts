import { describe, expect, it } from 'vitest'
import { findBottleneck } from '../../lab/load/health.ts'
import type { Latency } from '../../lab/load/load-result.ts'

const latency = (times: Partial<Latency>): Latency => ({
  count: 5000,
  mean: 1,
  p50: 1,
  p90: 1,
  p95: 1,
  p99: 1,
  p999: null,
  max: 1,
  ...times,
})
const healthy = { utilisation: 0.2, lag: latency({ p99: 0.4 }), response: latency({ p99: 20 }) }
const seconds = (bad: number, total: number) =>
  Array.from({ length: total }, (_, i) => ({ utilisation: 0.2, lag_max: i < bad ? 80 : 2 }))

describe('a generator', () => {
  it('with spare time is not the bottleneck', () => {
    expect(findBottleneck(healthy, seconds(0, 60))).toEqual([])
  })

  it('that is always busy is the bottleneck', () => {
    expect(findBottleneck({ ...healthy, utilisation: 0.96 }, [])).toEqual([
      'the generator was busy 96 % of the time (at most 90 %)',
    ])
  })

  it('is the bottleneck when its lag is a large part of the response time', () => {
    const late = latency({ p99: 3 })
    expect(findBottleneck({ ...healthy, lag: late }, [])).toEqual([])
    expect(findBottleneck({ ...healthy, lag: late, response: latency({ p99: 10 }) }, [])).toEqual([
      'generator lag at p99 (3.00 ms) exceeds the limit (2.00 ms)',
    ])
  })

  it('is judged at p95 or p90 when the run was too short for p99', () => {
    const short = { p99: null, p95: null, p90: 8 }
    expect(
      findBottleneck({ ...healthy, lag: latency(short), response: latency(short) }, []),
    ).toEqual(['generator lag at p90 (8.00 ms) exceeds the limit (1.60 ms)'])
  })

  it('is not judged by lag in a closed loop', () => {
    expect(findBottleneck({ ...healthy, lag: null }, [])).toEqual([])
  })

  it('may exceed its limits in 5 % of the seconds, no more', () => {
    expect(findBottleneck(healthy, seconds(3, 60))).toEqual([])
    expect(findBottleneck(healthy, seconds(4, 60))).toEqual([
      'the generator was the bottleneck in 4 of 60 seconds (limit 3)',
    ])
    const busy = [
      { utilisation: 0.99, lag_max: 0 },
      { utilisation: null, lag_max: 0 },
    ]
    expect(findBottleneck(healthy, busy)).toHaveLength(1)
  })
})
