import { describe, expect, it } from 'vitest'
import { summarise } from '../../../lab/stats/summarise.ts'

function record(response_time: number, success = true) {
  return { response_time, success }
}

describe('summarise', () => {
  it('computes every figure, whatever the order of the records', () => {
    expect(summarise([4, 1, 3, 2].map((time) => record(time)))).toEqual({
      count: 4,
      successes: 4,
      success_rate: 100,
      average: 2.5,
      min: 1,
      max: 4,
      p50: 2,
      p95: 4,
      p99: 4,
    })
  })

  it('takes P50, P95 and P99 by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => record(i + 1))
    expect(summarise(hundred)).toMatchObject({ p50: 50, p95: 95, p99: 99 })
  })

  it('excludes the times of failures, so that failing fast does not look fast', () => {
    const summary = summarise([record(10), record(30), record(0.1, false), record(9999, false)])
    expect(summary).toMatchObject({ count: 4, successes: 2, success_rate: 50 })
    expect(summary).toMatchObject({ average: 20, min: 10, max: 30, p50: 10, p99: 30 })
  })

  it('has no times when nothing succeeded, and no success rate without records', () => {
    const none = { average: null, min: null, max: null, p50: null, p95: null, p99: null }
    expect(summarise([record(5, false)])).toEqual({
      count: 1,
      successes: 0,
      success_rate: 0,
      ...none,
    })
    expect(summarise([])).toEqual({ count: 0, successes: 0, success_rate: null, ...none })
  })
})
