import { describe, expect, it } from 'vitest'
import { summarise, summariseByOperation } from '../../../lab/stats/summarise.ts'
import type { Operation, PerfRecord } from '../../../lab/workload/perf-record.ts'

function record(response_time: number, success = true, operation: Operation = 'get_cart') {
  return {
    operation,
    response_time,
    success,
    status_code: success ? 200 : 500,
    timestamp: '2026-01-01T00:00:00.000Z',
  } satisfies PerfRecord
}

describe('summarise', () => {
  it('computes every figure, in whatever order the records come', () => {
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

  it('takes P50, P95 and P99 where they belong', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => record(i + 1))
    expect(summarise(hundred)).toMatchObject({ p50: 50, p95: 95, p99: 99 })
  })

  it('keeps the time of failures out, so that failing fast does not look fast', () => {
    const summary = summarise([record(10), record(30), record(0.1, false), record(9999, false)])
    expect(summary).toMatchObject({ count: 4, successes: 2, success_rate: 50 })
    expect(summary).toMatchObject({ average: 20, min: 10, max: 30, p50: 10, p99: 30 })
  })

  it('has no times when nothing succeeded, and no rate of nothing', () => {
    const none = { average: null, min: null, max: null, p50: null, p95: null, p99: null }
    expect(summarise([record(5, false)])).toEqual({
      count: 1,
      successes: 0,
      success_rate: 0,
      ...none,
    })
    expect(summarise([])).toEqual({ count: 0, successes: 0, success_rate: null, ...none })
  })

  it('summarises each operation by itself', () => {
    const records = [
      record(1, true, 'create_cart'),
      record(2, true, 'add_items'),
      record(4, false, 'add_items'),
    ]
    const summaries = summariseByOperation(records)
    expect(summaries.create_cart).toMatchObject({ count: 1, average: 1 })
    expect(summaries.add_items).toMatchObject({ count: 2, successes: 1, average: 2 })
    expect(summaries.get_cart).toMatchObject({ count: 0, average: null })
  })
})
