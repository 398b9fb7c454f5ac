/** How the service and its store are deployed. */
export interface Deployment {
  /** Share of the CPU of tasks and instances that the peak may use: 0.5 leaves half as reserve. */
  readonly target_utilisation: number
  /** Speed of a vCPU relative to a core of the test machine; 1 where it was not measured. */
  readonly core_speed: number
  /** Fargate task of the service. */
  readonly task: {
    readonly architecture: 'arm' | 'x86'
    readonly vcpus: number
    readonly memory_gb: number
  }
  /** Minimum number of tasks in a region, for availability. */
  readonly min_tasks: number
  /** PostgreSQL connections per task. */
  readonly pool_connections: number
  readonly nat_gateways: number
  /** Availability zones of the load balancer; each has a public address. */
  readonly zones: number
  /** HTTP bytes per operation, request and response. */
  readonly bytes_per_operation: number
  /** Operations that a client sends over one connection. */
  readonly operations_per_connection: number
  /** Seconds that a client's connection stays open. */
  readonly connection_seconds: number
  readonly read_consistency: 'strong' | 'eventual'
  readonly multi_az: boolean
  /** Whether PostgreSQL is there already, for other data, with room for the carts: its instances are not billed. */
  readonly existing_instance: boolean
  readonly read_replicas: number
  /** Minimum memory of a database instance. */
  readonly min_memory_gib: number
  /** Whether instances with CPU credits (db.t4g) may be chosen. */
  readonly burstable: boolean
  /** The carts of so many hours must fit in the memory of a database instance, so that their reads need no disk. */
  readonly working_set_hours: number
  /** Share of the operations that are on carts older than the working set, chosen uniformly from all that are kept. */
  readonly old_cart_share: number
  /** Share of an instance's memory that caches data: shared buffers and the page cache. */
  readonly cache_share: number
  /** Memory of the operating system and of PostgreSQL itself. */
  readonly system_gib: number
  /** Memory of one connection to PostgreSQL, MiB. */
  readonly connection_mib: number
  /**
   * Pages of 8 KiB that a change writes to the data files with the next checkpoint: the changes of a cart follow each
   * other within minutes, and new carts share pages.
   */
  readonly pages_per_change: number
  /** Provisioned storage divided by used storage: room for bloat, WAL and growth. */
  readonly storage_headroom: number
  readonly min_storage_gb: number
  readonly backup_days: number
  /** Share of the data that changes in a day, which is the size of each further daily backup. */
  readonly daily_change: number
  readonly regions: number
}

/** A small production deployment in one region. Every value is an assumption and can be replaced. */
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
  existing_instance: false,
  read_replicas: 0,
  min_memory_gib: 2,
  burstable: true,
  working_set_hours: 24,
  old_cart_share: 0.02,
  cache_share: 0.75,
  system_gib: 1,
  connection_mib: 10,
  pages_per_change: 0.5,
  storage_headroom: 1.5,
  min_storage_gb: 20,
  backup_days: 7,
  daily_change: 0.1,
  regions: 1,
}
