import type { PerKind } from '../../results/operation-kinds.ts'
import { DEFAULTS } from '../terms/defaults.ts'

/** Parameters of machines and databases for the simulation. Plain data; all times in seconds. */

/** Latency of an operation without load, as a client sees it. */
export interface Unloaded {
  readonly median_s: number
  readonly p99_s: number
}

export interface ServiceParameters {
  /** CPU seconds of the service per operation. */
  readonly cpu_s: PerKind
  /** CPU of a task, in cores of the test machine. */
  readonly task_cores: number
  readonly min_tasks: number
  readonly max_tasks: number
  readonly target_utilisation: number
  /** Seconds from the load that requires more tasks until they serve requests: metrics, decision, start, health checks. */
  readonly scale_out_s: number
  /** Seconds of lower load after which tasks are stopped. */
  readonly scale_in_s: number
}

export interface PostgresParameters {
  readonly kind: 'postgres'
  readonly unloaded: PerKind<Unloaded>
  /** CPU seconds of the database per operation. */
  readonly cpu_s: PerKind
  /** CPU of the instance, in cores of the test machine. */
  readonly cores: number
  readonly pool_connections: number
  readonly max_connections: number
  /** Seconds from the service to the database and back. */
  readonly round_trip_s: number
  /** Mean number of operations per statement; 1 without coalescing. */
  readonly operations_per_statement: number
  /** Seconds of one flush of the write-ahead log. Commits that arrive during one share the next. */
  readonly flush_s: number
  /** Bytes of log per operation. */
  readonly log_bytes: PerKind
  /** Bytes of log per second that the storage accepts. */
  readonly wal_bytes_per_s: number
  /** Replicas that serve reads, which may be stale. */
  readonly read_replicas: number
  /** Factor on the measured variability of the service times, from the fit to measured runs. */
  readonly variability_factor: number
}

export interface DynamoParameters {
  readonly kind: 'dynamodb'
  readonly unloaded: PerKind<Unloaded>
  readonly write_units: PerKind
  readonly read_units: PerKind
  readonly data_gb: number
  /** Units per second that the table is pre-warmed for; `null` without pre-warming. */
  readonly warm: Units | null
  /** The account's quota per table; `null` where it was raised and does not limit. */
  readonly quota: Units | null
  /** Seconds until an overloaded partition splits. Not published; see docs/simulation.md. */
  readonly split_s: number
  /** Seconds until consumed throughput counts as the previous peak. */
  readonly growth_s: number
  readonly attempts: number
  /** Maximum seconds before the first retry; each further retry doubles it. */
  readonly backoff_s: number
}

/** Write and read units per second. */
export interface Units {
  readonly write: number
  readonly read: number
}

export type StoreParameters = PostgresParameters | DynamoParameters

/** A DynamoDB emulator: used only to validate the simulation against runs on it. */
export interface EmulatorParameters {
  readonly kind: 'emulator'
  readonly unloaded: PerKind<Unloaded>
  /** CPU seconds of the process per operation, and the cores available to it. */
  readonly cpu_s: PerKind
  readonly cores: number
  /** As of PostgreSQL. */
  readonly variability_factor: number
}

/** Typical Fargate and ECS settings: assumptions, not measurements. */
export const SERVICE: Omit<ServiceParameters, 'cpu_s'> = {
  task_cores: 1,
  min_tasks: 2,
  max_tasks: 1000,
  target_utilisation: 0.5,
  scale_out_s: DEFAULTS.task_start.value,
  scale_in_s: 900,
}

/** gp3 storage and the service's default settings. */
export const POSTGRES: Omit<
  PostgresParameters,
  'unloaded' | 'cpu_s' | 'cores' | 'max_connections' | 'log_bytes'
> = {
  kind: 'postgres',
  pool_connections: 10,
  round_trip_s: DEFAULTS.round_trip.value,
  operations_per_statement: 1,
  flush_s: DEFAULTS.flush_time.value,
  wal_bytes_per_s: DEFAULTS.log_bandwidth.value,
  read_replicas: 0,
  variability_factor: 1,
}

/** Figures published by Amazon, except `split_s` and the pace of growth within `growth_s`. */
export const DYNAMODB: Omit<
  DynamoParameters,
  'unloaded' | 'write_units' | 'read_units' | 'data_gb'
> = {
  kind: 'dynamodb',
  warm: null,
  quota: { write: DEFAULTS.table_quota.value, read: DEFAULTS.table_quota.value },
  split_s: DEFAULTS.partition_split.value,
  growth_s: 1800,
  attempts: 4,
  backoff_s: 0.05,
}
