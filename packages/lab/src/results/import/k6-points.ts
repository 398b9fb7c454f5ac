import { UsageError } from '../../errors/usage-error.ts'
import { recordTime } from '../../stats/histogram.ts'
import type { ImportedResult } from '../imported-result.ts'
import { createForeignTally, emptyTally, entryOf, figuresOf } from './foreign-tally.ts'

/** One measured value of k6. */
export interface K6Point {
  readonly metric: string
  /** Milliseconds since the epoch, when the value was measured. */
  readonly time: number
  readonly value: number
  readonly tags: Readonly<Record<string, string | undefined>>
}

/** The metrics that are read; k6 writes about ten more for each request. */
export const K6_DURATION = 'http_req_duration'
export const K6_DROPPED = 'dropped_iterations'

/** No measured time is beyond this year. */
const LAST_YEAR = 9999

/** Whether milliseconds since the epoch are a time that a file may have. */
export function isTime(ms: number): boolean {
  return ms >= 0 && ms < Date.UTC(LAST_YEAR + 1)
}

/** Each operation has histograms of its own, 80 KB in memory. */
const MAX_OPERATIONS = 500

/** k6's error code of a request that timed out. */
const TIMEOUT = '1050'

type K6Figures = Omit<ImportedResult, 'format' | 'version' | 'source'>

/** Counts points; `result` is `null` without a request among them. */
export function createK6Points(): { add(point: K6Point): void; result(): K6Figures | null } {
  const tally = createForeignTally()
  const points: { first: number; last: number } = { first: Number.POSITIVE_INFINITY, last: 0 }
  /** By whole seconds since the epoch: points are not in the order of their times. */
  const seconds = createForeignTally().intervals
  let dropped = 0
  return {
    add({ metric, time, value, tags }) {
      if (metric === K6_DROPPED) dropped += value
      if (metric !== K6_DURATION) return
      const failed = hasFailed(tags)
      // As in our own results: a fast failure must not make a service look fast.
      const timed = !failed || tags.error_code === TIMEOUT
      const second = Math.floor(time / 1000)
      const operation = operationOf(tags, tally.operations)
      for (const counted of [
        entryOf(tally.operations, operation, () => emptyTally(true)),
        entryOf(seconds, second, () => ({ ...emptyTally(true), length_s: 1 })),
      ]) {
        counted.count++
        if (failed) counted.failed = (counted.failed ?? 0) + 1
        if (timed) recordTime(counted.times, 1000 * value)
      }
      points.first = Math.min(points.first, time - value)
      points.last = Math.max(points.last, time)
    },
    result() {
      const { first, last } = points
      if (tally.operations.size === 0) return null
      const start = Math.floor(first / 1000)
      for (const [second, counted] of seconds) tally.intervals.set(second - start, counted)
      const figures = figuresOf(tally)
      const duration = (last - first) / 1000
      return {
        started_at: new Date(first).toISOString(),
        duration_s: duration,
        rate: duration > 0 ? figures.overall.count / duration : null,
        dropped,
        ...figures,
        missing: MISSING,
      }
    },
  }
}

/** @throws UsageError when each request would be an operation of its own */
function operationOf(tags: K6Point['tags'], known: ReadonlyMap<string, unknown>): string {
  const operation = tags.name || tags.url || 'all'
  if (known.size >= MAX_OPERATIONS && !known.has(operation))
    throw new UsageError(
      `more than ${MAX_OPERATIONS} different requests; give each kind of request a name (tags: { name: ... } of k6), so that ids in URLs do not make each a kind of its own`,
    )
  return operation
}

/** By k6's own judgement where it is in the point, else by the status. */
function hasFailed({ expected_response, status = '0' }: K6Point['tags']): boolean {
  if (expected_response === 'true' || expected_response === 'false')
    return expected_response === 'false'
  return !(Number(status) >= 200 && Number(status) < 400)
}

const MISSING: ImportedResult['missing'] = [
  {
    what: 'response time from the intended send time',
    why: 'k6 measures from the actual send, so a stall of the service hides requests that it delayed',
  },
  {
    what: 'checked responses',
    why: 'points show the status, not whether a body was that of the right cart',
  },
  { what: 'schedule and digest', why: 'points do not show which carts were used' },
  {
    what: 'whether the load generator kept up',
    why: 'points show neither its lag nor its CPU time',
  },
  { what: 'warm-up', why: 'points do not show where it ended; all are counted' },
]
