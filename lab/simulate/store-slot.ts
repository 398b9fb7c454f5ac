import type { OperationKind } from '../results/operation-kinds.ts'
import type { Draw } from './draw.ts'

/** What holds a deployment back. */
export type Limit =
  | 'service CPU'
  | 'connections'
  | 'database CPU'
  | 'log bandwidth'
  | 'one cart'
  | 'one partition'
  | 'table growth'
  | 'table quota'

/** What a store made of the load of one slot. Rates are per second. */
export interface StoreSlot {
  readonly served: number
  /** Operations that ended in an error. */
  readonly rejected: number
  /** Attempts that the database refused, those repeated with success included. */
  readonly throttled: number
  readonly limit: Limit | null
  /** Partitions of the table; `null` where there are none. */
  readonly partitions: number | null
  /** Seconds that one successful operation takes in the store and on the way. */
  latency(kind: OperationKind, draw: Draw): number
}

export interface SimulatedStore {
  /**
   * @param rate operations per second that arrive
   * @param tasks running tasks of the service
   * @param seconds length of the slot
   */
  step(rate: number, tasks: number, seconds: number): StoreSlot
}
