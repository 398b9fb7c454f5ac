import { OPERATIONS, type Operation, type PerfRecord } from '../workload/perf-record.ts'
import { percentile } from './percentile.ts'

/**
 * A group of operations in figures. Times are milliseconds, over the successful operations only: a
 * failure that comes back fast must not make a database look fast. They are `null` when none succeeded.
 */
export interface Summary {
  /** All operations, failed ones included. */
  count: number
  successes: number
  /** Percentage 0-100, not rounded; `null` when there were no operations. */
  success_rate: number | null
  average: number | null
  min: number | null
  max: number | null
  p50: number | null
  p95: number | null
  p99: number | null
}

export function summarise(records: readonly PerfRecord[]): Summary {
  const times = records
    .filter((record) => record.success)
    .map((record) => record.response_time)
    .sort((a, b) => a - b)
  const count = records.length
  const successes = times.length
  const any = successes > 0
  const at = (p: number): number | null => (any ? percentile(times, p) : null)
  return {
    count,
    successes,
    success_rate: count === 0 ? null : (100 * successes) / count,
    average: any ? times.reduce((sum, time) => sum + time, 0) / successes : null,
    min: at(0),
    max: at(100),
    p50: at(50),
    p95: at(95),
    p99: at(99),
  }
}

/** One summary per operation; an operation that never ran has a count of 0. */
export function summariseByOperation(records: readonly PerfRecord[]): Record<Operation, Summary> {
  const [create, add, get] = OPERATIONS.map((operation) =>
    summarise(records.filter((record) => record.operation === operation)),
  ) as [Summary, Summary, Summary]
  return { create_cart: create, add_items: add, get_cart: get }
}
