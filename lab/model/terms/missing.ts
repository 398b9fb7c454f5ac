import type { OperationKind } from '../../results/operation-kinds.ts'
import type { StoreName } from './stores.ts'

/** What a decision needs to have measured. */
export type Measurement =
  | 'service_cpu'
  | 'database_cpu'
  | 'write_units'
  | 'read_units_strong'
  | 'read_units_eventual'
  | 'cart_bytes'
  | 'latency'
  | 'success_rate'
  | 'no_lost_add'

/** A measurement that a decision needs and the runs do not have. */
export interface Missing {
  readonly store: StoreName
  readonly what: Measurement
  /** The kinds of operation that lack it; empty where it is not measured per kind. */
  readonly kinds: readonly OperationKind[]
}
