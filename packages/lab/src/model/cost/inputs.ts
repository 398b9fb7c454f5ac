import { OPERATION_KINDS, type OperationKind, type PerKind } from '../../results/operation-kinds.ts'
import type { Deployment } from '../terms/deployment.ts'

/** The input of the cost model: traffic, data, measured figures, and the deployment. Plain data. */
export interface CostInputs {
  readonly traffic: Traffic
  /** Carts and orders kept at any time, all regions together. */
  readonly carts: number
  readonly postgres: PostgresMeasurements
  readonly dynamodb: DynamoMeasurements
  readonly deployment: Deployment
}

export interface Traffic {
  /** Operations per second by kind: the average over a month, all regions together. */
  readonly per_second: PerKind
  /** Rate of the busiest minute divided by the average; at least 1. */
  readonly peak_to_average: number
}

export interface PostgresMeasurements {
  /** CPU seconds of the service process per operation. */
  readonly service_cpu_s: PerKind
  /** CPU seconds of all database processes per operation. */
  readonly database_cpu_s: PerKind
  /** Bytes of write-ahead log per operation. */
  readonly log_bytes: PerKind
  /** Bytes on disk per cart, including its lines and indexes. */
  readonly cart_bytes: number | null
}

export interface DynamoMeasurements {
  /** CPU seconds of the service process per operation. */
  readonly service_cpu_s: PerKind
  /** Consumed write units per operation, table and indexes. */
  readonly write_units: PerKind
  /** Consumed read units per operation, by the consistency of `get_cart`. */
  readonly read_units: { readonly strong: PerKind; readonly eventual: PerKind }
  /** Bytes billed per cart: the item, its index entries, and 100 bytes for each of these. */
  readonly cart_bytes: number | null
}

/** The kinds that occur, in the order of `OPERATION_KINDS`. */
export function kindsOf(traffic: Traffic): OperationKind[] {
  return OPERATION_KINDS.filter((kind) => (traffic.per_second[kind] ?? 0) > 0)
}

/** Operations per second of all kinds. */
export function totalRate({ per_second }: Traffic): number {
  return OPERATION_KINDS.reduce((sum, kind) => sum + (per_second[kind] ?? 0), 0)
}
