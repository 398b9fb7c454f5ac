/** PostgreSQL's write-ahead log, as the cost model and the simulation assume it; nothing of it is measured. */
export const WRITE_AHEAD_LOG = {
  /** Bytes of log per change of a cart. */
  wal_bytes: 2000,
  /** Bytes per second that gp3 storage accepts at its default throughput. */
  wal_bytes_per_s: 125e6,
} as const
