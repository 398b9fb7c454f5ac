import type { OperationKind } from '../../results/operation-kinds.ts'
import type { Draw } from './draw.ts'
import type { Unloaded } from './parameters.ts'

/** The resource that limits a deployment. */
export type Limit =
  | 'service_cpu'
  | 'connections'
  | 'database_cpu'
  | 'log_bandwidth'
  | 'one_cart'
  | 'one_partition'
  | 'table_growth'
  | 'table_quota'

/** A store under the load of one slot. Rates are per second. */
export interface StoreSlot {
  readonly served: number
  /** Operations that ended in an error. */
  readonly rejected: number
  /** Attempts that the database refused, including those whose retry succeeded. */
  readonly throttled: number
  readonly limit: Limit | null
  /** Draws the seconds that one successful operation takes in the store and on the network. */
  latency(kind: OperationKind, draw: Draw): number
}

export interface SimulatedStore {
  /**
   * @param rate operations per second that arrive
   * @param tasks number of running service tasks
   * @param seconds length of the slot
   */
  step(rate: number, tasks: number, seconds: number): StoreSlot
}

/** Draws the seconds of an operation without load; 0 for a kind without parameters. */
export function drawUnloaded(unloaded: Unloaded | undefined, draw: Draw): number {
  return unloaded === undefined ? 0 : draw.lognormal(unloaded.median_s, unloaded.p99_s)
}
