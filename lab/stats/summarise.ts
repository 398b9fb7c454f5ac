import { percentile } from './percentile.ts'

/** A timed operation. */
export interface Timed {
  /** Milliseconds. */
  readonly response_time: number
  readonly success: boolean
}

/**
 * Statistics of a group of operations. Times are milliseconds, of the successful operations only: failing fast must
 * not make a service look fast. They are `null` when none succeeded.
 */
export interface Summary {
  /** All operations, including failed ones. */
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

export function summarise(records: readonly Timed[]): Summary {
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
