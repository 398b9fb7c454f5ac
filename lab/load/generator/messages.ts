import type { LoadSpec } from '../load-spec.ts'
import type { OutcomeKind } from '../outcome-kinds.ts'
import type { Operation } from '../schedule/operations.ts'
import type { Second } from './series.ts'
import type { WarmUpReport } from './warm-up.ts'

/** To the generator's process: one `run`, and at most one `stop`. */
export type ToGenerator =
  | {
      readonly type: 'run'
      readonly spec: LoadSpec
      readonly url: string
      readonly carts: readonly (string | null)[]
    }
  | { readonly type: 'stop' }

/** From it: `progress` about twice a second, then one `done`. */
export type FromGenerator =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'done'; readonly report: GeneratorReport }

export interface RunProgress {
  readonly phase: 'run'
  readonly elapsed_s: number
  /** What the run takes in all, at most while it warms up; `null` when a number of operations ends it. */
  readonly total_s: number | null
  /** How many operations end the run; `null` when the time does. */
  readonly total_operations: number | null
  readonly warming_up: boolean
  /** Operations that ended, the warm-up included, and how many of them failed. */
  readonly operations: number
  readonly errors: number
  /** Operations per second since the progress before. */
  readonly rate: number
  /** Response times so far, milliseconds, the warm-up left out; `null` where there are too few. */
  readonly p50: number | null
  readonly p99: number | null
}

/** What the generator saw, before it is judged. Histograms are encoded. */
export interface GeneratorReport {
  readonly started_at: string
  /** Why it ended before its time; `null` when it did not. */
  readonly cut_off: string | null
  /** Seconds from the start to the end of the last operation. */
  readonly elapsed_s: number
  /** Seconds from the start to what was measured; `null` when the run was cut off before. */
  readonly measured_from_s: number | null
  /** `null` without one. */
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
