import { DEFAULTS } from './defaults.ts'

/** PostgreSQL's write-ahead log where it was not measured, as the cost model and the simulation take it. */
export const WRITE_AHEAD_LOG = {
  /** Bytes of log per change of a cart. */
  wal_bytes: DEFAULTS.log_bytes.value,
  /** Bytes per second that gp3 storage accepts at its default throughput. */
  wal_bytes_per_s: DEFAULTS.log_bandwidth.value,
} as const
