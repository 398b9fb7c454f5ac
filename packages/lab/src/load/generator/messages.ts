import type { AccessData } from '../../cart-api/access-data.ts'
import type { OutcomeKind } from '../../results/load-result.ts'
import type { LoadSpec } from '../../results/load-spec.ts'
import type { Operation } from '../../results/operations.ts'
import type { LogBuckets } from '../../stats/log-buckets.ts'
import type { Share } from '../schedule/share.ts'
import type { Second } from './series.ts'
import type { WarmUpReport } from './warm-up.ts'

/** What a generator's process executes. */
export interface Assignment {
  readonly spec: LoadSpec
  /** The part of the schedule and of the connections that is this generator's. */
  readonly share: Share
  /** Whether the parent says when the measured time begins, since it is common to several generators. */
  readonly guided: boolean
  /** Whether the response times of every second are reported. */
  readonly keepsTimes: boolean
  /** Whether progress has the distribution of the response times so far. */
  readonly sendsBuckets: boolean
}

/** Messages to the generator's process: `run`, `start` after `open`, at most one `measure`, and at most one `stop`. */
export type ToGenerator =
  | ({
      readonly type: 'run'
      readonly url: string
      readonly access: AccessData
      readonly carts: readonly (string | null)[]
    } & Assignment)
  /** When the run starts, by `systemMs`. */
  | { readonly type: 'start'; readonly at: number }
  /** When the measured time begins, microseconds since the start of the run. */
  | { readonly type: 'measure'; readonly at: number }
  | { readonly type: 'stop' }

/**
 * Messages from the generator's process: `ready`, `open` when its connections are, `window` of a guided warm-up with the
 * times of its successes in microseconds, `progress` about twice per second, then one `done`.
 */
export type FromGenerator =
  | { readonly type: 'ready' }
  | { readonly type: 'open' }
  | { readonly type: 'window'; readonly times: readonly number[] }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'done'; readonly report: GeneratorReport }

export interface RunProgress {
  readonly phase: 'run'
  readonly elapsed_s: number
  /** Total duration, an upper bound during the warm-up; `null` when a number of operations ends the run. */
  readonly total_s: number | null
  /** Number of operations that ends the run; `null` when the time does. */
  readonly total_operations: number | null
  readonly warming_up: boolean
  /** Operations that have ended, including the warm-up, and how many of them failed. */
  readonly operations: number
  readonly errors: number
  /** Operations per second since the previous progress message. */
  readonly rate: number
  /** Response times so far, milliseconds, without the warm-up; `null` with too few samples. */
  readonly p50: number | null
  readonly p99: number | null
  /** The same times in microseconds, if they are to be merged or sent. */
  readonly buckets?: LogBuckets
}

/** What the generator measured. Histograms are encoded. */
export interface GeneratorReport {
  readonly started_at: string
  /** Why it ended early; `null` when it did not. */
  readonly cut_off: string | null
  /** Seconds from the start to the end of the last operation. */
  readonly elapsed_s: number
  /** Seconds from the start to the measured time; `null` when the run was cut off before it. */
  readonly measured_from_s: number | null
  /** `null` without one, or if it is guided. */
  readonly warm_up: WarmUpReport | null
  readonly ok_in_time: number
  readonly tallies: Readonly<Record<Operation, EncodedTally>>
  readonly lag: string
  readonly series: readonly Second[]
  /** Share of the measured time in which the event loop was busy, 0-1. */
  readonly utilisation: number
  /** CPU seconds of the process in the measured time. */
  readonly cpu_s: number
  readonly connections_opened: number
}

/** What one or several generators measured together. */
export interface MergedReport extends GeneratorReport {
  /** The reports it was merged from; one of itself for a single generator. */
  readonly generators: readonly GeneratorReport[]
}

export interface EncodedTally {
  readonly outcomes: readonly OutcomeCount[]
  readonly response: string
  readonly service: string
}

export interface OutcomeCount {
  readonly kind: OutcomeKind
  readonly name: string
  readonly count: number
}
