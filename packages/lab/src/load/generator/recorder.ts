import type { OutcomeKind } from '../../results/load-result.ts'
import { OPERATIONS, type Operation } from '../../results/operations.ts'
import { createHistogram, type Histogram, recordTime } from '../../stats/histogram.ts'
import type { Outcome } from '../http/outcome.ts'
import type { Part } from '../schedule/part.ts'
import { createSeries, type Series } from './series.ts'

/** One operation that has ended. All times are microseconds since the start of the run. */
export interface Ended {
  readonly part: Part
  readonly operation: Operation
  readonly outcome: Outcome
  /** The intended start; in a closed loop the time of the send. */
  readonly at: number
  /** `null` when it was never sent. */
  readonly sentAt: number | null
  readonly endedAt: number
}

/** An outcome and how often it was. */
interface Counted {
  readonly kind: OutcomeKind
  readonly name: string
  count: number
}

/** What was measured of one operation, without the warm-up. */
export interface Tally {
  readonly outcomes: Map<string, Counted>
  /** The last outcome and its count: most are the same object, which then needs no look-up by its text. */
  last: { readonly outcome: Outcome; readonly counted: Counted } | null
  readonly response: Histogram
  readonly service: Histogram
}

export interface LatencyRecorder {
  /** Sets the measured time, microseconds; before this call, everything belongs to the warm-up. */
  measure(from: number, to: number): void
  record(ended: Ended): void
  /** The lag of something that was planned for `at`, microseconds. */
  recordLag(at: number, lag: number): void
  readonly tallies: Readonly<Record<Operation, Tally>>
  readonly lag: Histogram
  /** Response times of all operations, as in `tallies`. */
  readonly overall: Histogram
  readonly series: Series
  /** Successes whose response arrived within the measured time, whenever they were intended: the throughput. */
  okInTime(): number
}

/** A service that always responds with new codes must not fill the memory. */
const MAX_OUTCOMES = 100

/**
 * The outcomes whose times are counted: successes, and timeouts and unsent operations with the time that they waited. The
 * real times of the latter are longer; without them a slow service would look fast. Other failures say nothing about how
 * long the work takes.
 */
export const TIMED: ReadonlySet<OutcomeKind> = new Set(['ok', 'timeout', 'unsent'])

/**
 * Collects outcomes and times. Those of the warm-up are in the series only.
 *
 * @param keepsTimes see `createSeries`
 */
export function createRecorder(keepsTimes = false): LatencyRecorder {
  const tallies = Object.fromEntries(
    OPERATIONS.map((operation) => [operation, createTally()]),
  ) as Record<Operation, Tally>
  const lag = createHistogram()
  const overall = createHistogram()
  const series = createSeries(keepsTimes)
  let okInTime = 0
  let [begins, ends] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  return {
    measure(from, to) {
      begins = from
      ends = to
    },
    okInTime: () => okInTime,
    tallies,
    lag,
    overall,
    series,
    record({ part, operation, outcome, at, sentAt, endedAt }) {
      const timed = TIMED.has(outcome.kind)
      const response = endedAt - at
      series.record(at, outcome.kind, timed ? response : null, endedAt)
      if (outcome.kind === 'ok' && endedAt >= begins && endedAt < ends) okInTime++
      if (part === 'warm-up') return
      const tally = tallies[operation]
      count(tally, outcome)
      if (!timed) return
      recordTime(tally.response, response)
      recordTime(overall, response)
      if (sentAt !== null) recordTime(tally.service, endedAt - sentAt)
    },
    recordLag(at, late) {
      series.recordLag(at, late)
      if (at >= begins) recordTime(lag, late)
    },
  }
}

function createTally(): Tally {
  return {
    outcomes: new Map(),
    last: null,
    response: createHistogram(),
    service: createHistogram(),
  }
}

function count(tally: Tally, outcome: Outcome): void {
  if (tally.last?.outcome !== outcome) tally.last = { outcome, counted: countedOf(tally, outcome) }
  tally.last.counted.count++
}

function countedOf({ outcomes }: Tally, { kind, name }: Outcome): Counted {
  const known = outcomes.get(`${kind} ${name}`)
  if (known !== undefined) return known
  const isNew = outcomes.size < MAX_OUTCOMES
  const key = isNew ? `${kind} ${name}` : `${kind} other`
  const counted = outcomes.get(key) ?? { kind, name: isNew ? name : 'other', count: 0 }
  outcomes.set(key, counted)
  return counted
}
