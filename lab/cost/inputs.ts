import { OPERATION_KINDS, type OperationKind } from '../results/operation-kinds.ts'

/** What the cost model is asked: traffic, data, what was measured, and how it is deployed. Plain data. */

/** A number per kind of operation; a kind that is left out does not occur, or was not measured. */
export type PerKind<T = number> = Readonly<Partial<Record<OperationKind, T>>>

export interface Traffic {
  /** Operations per second by kind, the average over a month, all regions together. */
  readonly per_second: PerKind
  /** The busiest minute's rate over the average; at least 1. */
  readonly peak_to_average: number
}

export interface PostgresMeasurements {
  /** CPU seconds of the service process per operation. */
  readonly service_cpu_s: PerKind
  /** CPU seconds of all database processes per operation. */
  readonly database_cpu_s: PerKind
  /** Bytes on disk per cart, its lines and indexes included. */
  readonly cart_bytes: number | null
}

export interface DynamoMeasurements {
  readonly service_cpu_s: PerKind
  /** Consumed write units per operation, table and indexes. */
  readonly write_units: PerKind
  /** Consumed read units per operation, by the consistency of `get_cart`. */
  readonly read_units: { readonly strong: PerKind; readonly eventual: PerKind }
  /** Bytes billed per cart: the item, its index entries, and 100 bytes for each of these. */
  readonly cart_bytes: number | null
}

export interface Deployment {
  /** Share of the CPU that the peak may use, of tasks and of instances: 0.5 leaves half for surprises. */
  readonly target_utilisation: number
  /** How many measured cores a vCPU is worth; 1 where nobody measured it. */
  readonly core_speed: number
  /** Fargate task of the service. */
  readonly task: {
    readonly architecture: 'arm' | 'x86'
    readonly vcpus: number
    readonly memory_gb: number
  }
  /** Fewest tasks in a region, for availability. */
  readonly min_tasks: number
  /** PostgreSQL connections of one task. */
  readonly pool_connections: number
  readonly nat_gateways: number
  /** Availability zones of the load balancer; each has a public address. */
  readonly zones: number
  /** HTTP bytes of an operation, request and answer. */
  readonly bytes_per_operation: number
  /** Operations that a client sends over one connection. */
  readonly operations_per_connection: number
  /** Seconds that a client's connection stays open. */
  readonly connection_seconds: number
  readonly read_consistency: 'strong' | 'eventual'
  readonly multi_az: boolean
  readonly read_replicas: number
  /** Least memory of a database instance. */
  readonly min_memory_gib: number
  /** Provisioned over used, for bloat, WAL and growth. */
  readonly storage_headroom: number
  readonly min_storage_gb: number
  readonly backup_days: number
  /** Share of the data that changes in a day, which is what a further day of backups holds. */
  readonly daily_change: number
  readonly regions: number
}

/** A small production deployment in one region; assumptions, every one of which can be replaced. */
export const DEPLOYMENT: Deployment = {
  target_utilisation: 0.5,
  core_speed: 1,
  task: { architecture: 'arm', vcpus: 1, memory_gb: 2 },
  min_tasks: 2,
  pool_connections: 10,
  nat_gateways: 1,
  zones: 2,
  bytes_per_operation: 3000,
  operations_per_connection: 10,
  connection_seconds: 60,
  read_consistency: 'eventual',
  multi_az: true,
  read_replicas: 0,
  min_memory_gib: 2,
  storage_headroom: 1.5,
  min_storage_gb: 20,
  backup_days: 7,
  daily_change: 0.1,
  regions: 1,
}

export interface CostInputs {
  readonly traffic: Traffic
  /** Carts and orders kept at any time, all regions together. */
  readonly carts: number
  readonly postgres: PostgresMeasurements
  readonly dynamodb: DynamoMeasurements
  readonly deployment: Deployment
}

/** The kinds that occur, in their usual order. */
export function kindsOf(traffic: Traffic): OperationKind[] {
  return OPERATION_KINDS.filter((kind) => (traffic.per_second[kind] ?? 0) > 0)
}

/** Operations per second of all kinds. */
export function totalRate({ per_second }: Traffic): number {
  return OPERATION_KINDS.reduce((sum, kind) => sum + (per_second[kind] ?? 0), 0)
}
