import type { Operation, ReadMode } from '../history/operation.ts'
import type { Balance } from './balance.ts'

/** `unknown` is never a pass: the history did not suffice, or a search reached a limit. */
export type Verdict = 'holds' | 'violated' | 'unknown'

export const GUARANTEES = [
  'version_order',
  'linearizability',
  'read_your_writes',
  'monotonic_reads',
  'monotonic_writes',
  'writes_follow_reads',
  'conditions',
  'lines',
  'lists',
] as const
export type Guarantee = (typeof GUARANTEES)[number]

/** A column of the matrix: a read mode, or `changes` for what concerns changes. */
export type Column = ReadMode | 'changes'

/** The kind of a violation. */
export const ANOMALIES = [
  'version_reused',
  'version_skipped',
  'version_order',
  'version_content',
  'impossible_change',
  'duplicated_change',
  'not_linearizable',
  'own_write_unseen',
  'read_went_back',
  'writes_out_of_order',
  'write_before_what_was_read',
  'lost_add',
  'lost_write',
  'lost_cart',
  'stale_read',
  'duplicated_add',
  'resurrected_line',
  'phantom_of_failure',
  'partial_batch',
  'checkout_lost_add',
  'changed_after_checkout',
  'merge_lost_lines',
  'merge_applied_twice',
  'condition_ignored',
  'refused_in_vain',
  'missing_from_list',
  'foreign_in_list',
  'listed_twice',
  'listed_otherwise',
] as const
export type Anomaly = (typeof ANOMALIES)[number]

/** One violation with the operations that show it. */
export interface Violation {
  readonly guarantee: Guarantee
  readonly read_mode: Column
  readonly anomaly: Anomaly
  readonly cart: string
  /** One sentence for a developer. */
  readonly message: string
  /** The few operations that show the violation, in order of call. */
  readonly operations: readonly Operation[]
  /** The fault that it is a symptom of, if the guarantee is promised. */
  readonly fault?: Diagnosis['fault'] | undefined
}

/** One fault of the service, which explains several violations. */
export interface Diagnosis {
  /**
   * `lost_update`: acknowledged units are never shown again, and changes of the cart overlapped; `dropped_write`: likewise,
   * and nothing overlapped; `applied_twice`; or the anomaly that stands for itself.
   */
  readonly fault: 'lost_update' | 'dropped_write' | 'applied_twice' | Anomaly
  readonly carts: number
  readonly symptoms: readonly Symptom[]
}

/** A promised cell of the matrix that the fault violated, by anomaly. */
export interface Symptom {
  readonly guarantee: Guarantee
  readonly read_mode: Column
  readonly anomaly: Anomaly
  readonly count: number
  readonly carts: number
}

/** A cell of the matrix guarantee x read mode. */
export interface Finding {
  readonly guarantee: Guarantee
  readonly read_mode: Column
  readonly verdict: Verdict
  /** Whether the guarantee is promised for this column; only then does a violation make the report `violated`. */
  readonly promised: boolean
  /** Operations that were checked. */
  readonly support: number
  /** Carts (for sessions: carts of sessions) that could not be decided. */
  readonly undecided: number
  /** Why something is undecided; `null` if nothing is. */
  readonly reason: string | null
  readonly violation_count: number
  /** The first violations, at most `options.examples`. */
  readonly violations: readonly Violation[]
}

/** A check that was skipped. */
export interface NotChecked {
  readonly guarantee: Guarantee | 'staleness'
  readonly read_mode: Column
  readonly reason: string
}

/** A share with a 95 % interval (Wilson's score interval). */
export interface Share {
  readonly count: number
  readonly total: number
  /** `null` if `total` is 0. */
  readonly share: number | null
  readonly low: number | null
  readonly high: number | null
}

/** The staleness of the reads of one mode. */
export interface Staleness {
  readonly read_mode: ReadMode
  /** Reads that followed an acknowledged change of their cart. */
  readonly reads: number
  readonly stale: Share
  /** A sentence; "at most 3/n at 95 %" if no read was stale. */
  readonly statement: string
  /** P(fresh) by the time from the response of the newest change to the call of the read; milliseconds, `to_ms` excluded. */
  readonly curve: readonly {
    readonly from_ms: number
    readonly to_ms: number
    readonly fresh: Share
  }[]
  /**
   * The age of stale reads, milliseconds: from the response of the oldest change that the read missed to the call of the
   * read. Percentiles by nearest rank; `null` without a stale read.
   */
  readonly age_ms: { readonly p50: number; readonly p95: number; readonly max: number } | null
  /**
   * Reads by the number of versions that they were behind, 0 first, with P(at most this many behind); `null` for a service
   * without versions.
   */
  readonly versions_behind:
    | readonly { readonly versions: number; readonly reads: number; readonly within: Share }[]
    | null
}

/** Whether the history could have shown a violation. */
export interface Coverage {
  readonly proves_nothing: boolean
  /** Why the history proves nothing; empty otherwise. */
  readonly reasons: readonly string[]
  /** Pairs of overlapping operations of different sessions on one cart, at least one of them a change. */
  readonly overlaps: number
  /** Acknowledged operations. */
  readonly answered: number
  /**
   * Operations that failed outside injected faults. Refusals because of the state of a cart do not count, nor do operations of an
   * instance that may refuse.
   */
  readonly failed: number
  /** For every planned fault, the number of operations during which it was active. */
  readonly faults: Readonly<Record<string, number>>
}

/** The findings of all checks; plain data. */
export interface Report {
  readonly report_version: 1
  readonly service: string
  readonly seed: number
  readonly operations: number
  readonly carts: number
  readonly sessions: number
  /** `violated` if a promise is broken; else `proves_nothing`; else `unknown` if a promised cell is; else `holds`. */
  readonly verdict: Verdict | 'proves_nothing'
  readonly balance: Balance
  /** What violated promises, one entry for each fault, the most frequent first. */
  readonly diagnoses: readonly Diagnosis[]
  /** The matrix, guarantee by guarantee. */
  readonly findings: readonly Finding[]
  readonly not_checked: readonly NotChecked[]
  readonly staleness: readonly Staleness[]
  readonly coverage: Coverage
}
