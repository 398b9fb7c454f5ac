import type { PerKind } from '../cost/inputs.ts'

/** What the simulation is told of the machines and databases. Plain data; seconds throughout. */

/** How long an operation takes when nothing else goes on, as a client sees it. */
export interface Unloaded {
  readonly median_s: number
  readonly p99_s: number
}

export interface ServiceParameters {
  /** CPU seconds of the service per operation. */
  readonly cpu_s: PerKind
  /** vCPUs of a task, in cores as they were measured. */
  readonly task_cores: number
  readonly min_tasks: number
  readonly max_tasks: number
  readonly target_utilisation: number
  /** From load that calls for more tasks to their answering requests: metrics, decision, start, health checks. */
  readonly scale_out_s: number
  /** How long load must be lower before tasks are stopped. */
  readonly scale_in_s: number
}

export interface PostgresParameters {
  readonly kind: 'postgres'
  readonly unloaded: PerKind<Unloaded>
  /** CPU seconds of the database per operation. */
  readonly cpu_s: PerKind
  /** vCPUs of the instance, in cores as they were measured. */
  readonly cores: number
  readonly pool_connections: number
  readonly max_connections: number
  /** Seconds from the service to the database and back. */
  readonly round_trip_s: number
  /** Operations that share a statement, on average; 1 without coalescing. */
  readonly operations_per_statement: number
  /** Seconds of one flush of the write-ahead log. Commits that arrive during one share the next. */
  readonly flush_s: number
  readonly wal_bytes: number
  /** What the storage takes a second. */
  readonly wal_bytes_per_s: number
  /** Serve reads that may lag. */
  readonly read_replicas: number
}

export interface DynamoParameters {
  readonly kind: 'dynamodb'
  readonly unloaded: PerKind<Unloaded>
  readonly write_units: PerKind
  readonly read_units: PerKind
  readonly data_gb: number
  /** Units a second that the table is warmed for in advance; `null` for a table that nobody warmed. */
  readonly warm: Units | null
  /** The account's quota for a table; `null` where it was raised out of the way. */
  readonly quota: Units | null
  /** Until a partition that is too hot splits. Not published; see docs/simulation.md. */
  readonly split_s: number
  /** Until consumed throughput counts as the previous peak. */
  readonly growth_s: number
  readonly attempts: number
  /** The first pause before a retry is up to this long, each further one up to twice as long. */
  readonly backoff_s: number
}

/** Write and read units a second. */
export interface Units {
  readonly write: number
  readonly read: number
}

export type StoreParameters = PostgresParameters | DynamoParameters

/** A process that plays a database whose own limits no laptop has: to be held against runs on it, and for nothing else. */
export interface EmulatorParameters {
  readonly kind: 'emulator'
  readonly unloaded: PerKind<Unloaded>
  /** CPU seconds of the process per operation, and the cores that it had. */
  readonly cpu_s: PerKind
  readonly cores: number
}

/** Fargate and ECS as they are usually met: assumptions, not measurements. */
export const SERVICE: Omit<ServiceParameters, 'cpu_s'> = {
  task_cores: 1,
  min_tasks: 2,
  max_tasks: 1000,
  target_utilisation: 0.5,
  scale_out_s: 180,
  scale_in_s: 900,
}

/** gp3 storage and the service's own settings. */
export const POSTGRES: Omit<
  PostgresParameters,
  'unloaded' | 'cpu_s' | 'cores' | 'max_connections'
> = {
  kind: 'postgres',
  pool_connections: 10,
  round_trip_s: 0.0005,
  operations_per_statement: 1,
  flush_s: 0.001,
  wal_bytes: 2000,
  wal_bytes_per_s: 125e6,
  read_replicas: 0,
}

/** Amazon's published figures, and two that are not published: `split_s`, and the pace within `growth_s`. */
export const DYNAMODB: Omit<
  DynamoParameters,
  'unloaded' | 'write_units' | 'read_units' | 'data_gb'
> = {
  kind: 'dynamodb',
  warm: null,
  quota: { write: 40_000, read: 40_000 },
  split_s: 300,
  growth_s: 1800,
  attempts: 4,
  backoff_s: 0.05,
}
