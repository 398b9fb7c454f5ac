import { OPERATION_KINDS } from '../../results/operation-kinds.ts'
import type { Deployment } from '../terms/deployment.ts'
import { isWrite } from '../terms/mix.ts'
import { WRITE_AHEAD_LOG } from '../terms/write-ahead-log.ts'
import { type CostFigure, derive, priced, pricedInstance } from './figure.ts'
import type { CostInputs } from './inputs.ts'
import { type DatabaseLoad, instanceFor } from './instance-size.ts'
import type { InstanceClass, Prices } from './prices.ts'
import { HOURS_PER_MONTH } from './service-cost.ts'
import { perSecond } from './weighted-sum.ts'

/** Why one PostgreSQL writer cannot serve the peak. */
export type CostLimit =
  | {
      /** The peak writes more bytes per second of log than the storage accepts. */
      readonly kind: 'log_bandwidth'
      readonly bytes_per_s: number
    }
  | {
      /** No instance class of the price file has what the peak needs. */
      readonly kind: 'instance_size'
      readonly vcpus: number
      readonly connections: number
    }

export interface PostgresCost {
  /** `null` where `limit` is set. */
  readonly instance: InstanceClass | null
  readonly limit: CostLimit | null
  readonly derived: readonly CostFigure[]
  /** Empty where there is no instance. */
  readonly billed: readonly CostFigure[]
}

/**
 * Instances sized for the peak (they do not follow the load), gp3 storage, and backups beyond its size. With several
 * regions, each region has a writer for the carts of that region and a replica in another region.
 */
export function postgresCost(
  inputs: CostInputs,
  peak_tasks: CostFigure,
  prices: Prices,
): PostgresCost {
  const load = databaseLoad(inputs, peak_tasks)
  const log = peakLog(inputs)
  const storage = provisionedStorage(inputs)
  const count = instances(inputs.deployment)
  const derived = [load.cpu, load.peak_cores, load.connections, log, storage, count]
  const limited = (limit: CostLimit) => ({ instance: null, limit, derived, billed: [] })
  if (log.value > WRITE_AHEAD_LOG.wal_bytes_per_s)
    return limited({ kind: 'log_bandwidth', bytes_per_s: log.value })
  const instance = instanceFor(load, prices.rds_instances, inputs.deployment)
  if (instance === null)
    return limited({
      kind: 'instance_size',
      vcpus: Math.ceil(load.peak_cores.value),
      connections: load.connections.value,
    })
  const { regions } = inputs.deployment
  const unit = `${prices.currency}/month`
  return {
    instance,
    limit: null,
    derived,
    billed: [
      derive({
        id: 'postgres.instances',
        title: `Instances (${instance.class})`,
        unit,
        formula: 'instances * regions * hours * price',
        inputs: { instances: count.value, regions, hours: HOURS_PER_MONTH },
        prices: { price: pricedInstance(instance) },
      }),
      derive({
        id: 'postgres.storage',
        title: 'Storage',
        unit,
        formula: 'storage * instances * regions * price',
        inputs: { storage: storage.value, instances: count.value, regions },
        prices: { price: priced('rds.storage', prices) },
      }),
      backups(inputs, storage, prices),
    ],
  }
}

function databaseLoad(
  { traffic, postgres, deployment }: CostInputs,
  tasks: CostFigure,
): DatabaseLoad {
  const { regions, target_utilisation, core_speed, pool_connections } = deployment
  const cpu = perSecond(
    { id: 'postgres.cpu', title: 'CPU of the database in a region', unit: 'cores' },
    traffic,
    postgres.database_cpu_s,
    regions,
  )
  return {
    cpu,
    peak_cores: derive({
      id: 'postgres.peak_cores',
      title: 'vCPUs that the peak needs in a region',
      unit: 'vCPU',
      formula: 'cpu * peak / (core_speed * target_utilisation)',
      inputs: { cpu: cpu.value, peak: traffic.peak_to_average, core_speed, target_utilisation },
    }),
    connections: derive({
      id: 'postgres.connections',
      title: 'Connections at the peak in a region',
      unit: 'connections',
      formula: 'tasks * pool',
      inputs: { tasks: tasks.value, pool: pool_connections },
    }),
  }
}

/** Bytes of write-ahead log per second, by the same assumption as in the simulation. */
function peakLog({ traffic, deployment }: CostInputs): CostFigure {
  const { wal_bytes } = WRITE_AHEAD_LOG
  const written = perSecond(
    { id: 'postgres.log', title: 'Write-ahead log of a region', unit: 'bytes/s' },
    traffic,
    Object.fromEntries(OPERATION_KINDS.map((kind) => [kind, isWrite(kind) ? wal_bytes : 0])),
    deployment.regions,
  )
  return derive({
    id: 'postgres.peak_log',
    title: 'Write-ahead log at the peak in a region',
    unit: 'bytes/s',
    formula: 'written * peak',
    inputs: { written: written.value, peak: traffic.peak_to_average },
  })
}

/** Instances, each with a storage volume, per region: writer, standby, replicas, and the replica in another region. */
function instances({ multi_az, read_replicas, regions }: Deployment): CostFigure {
  return derive({
    id: 'postgres.instance_count',
    title: 'Instances per region',
    unit: 'instances',
    formula: 'writer + standby + replicas + elsewhere',
    inputs: {
      writer: 1,
      standby: multi_az ? 1 : 0,
      replicas: read_replicas,
      elsewhere: regions > 1 ? 1 : 0,
    },
  })
}

function provisionedStorage({ carts, postgres, deployment }: CostInputs): CostFigure {
  return derive({
    id: 'postgres.provisioned',
    title: 'Storage per instance',
    unit: 'GB',
    formula: 'carts * cart_bytes * headroom / 1000000000 / regions',
    inputs: {
      carts,
      cart_bytes: postgres.cart_bytes ?? 0,
      headroom: deployment.storage_headroom,
      regions: deployment.regions,
    },
    at_least: deployment.min_storage_gb,
  })
}

/** One full copy and each further day's changes. Backups up to the size of the storage are free. */
function backups(
  { carts, postgres, deployment }: CostInputs,
  storage: CostFigure,
  prices: Prices,
): CostFigure {
  const { backup_days, daily_change, regions } = deployment
  const further_days = Math.max(0, backup_days - 1)
  const formula =
    '(on * carts * cart_bytes / regions / 1000000000 * (1 + further_days * daily_change) - storage) * regions * price'
  return derive({
    id: 'postgres.backups',
    title: 'Backups beyond the free size',
    unit: `${prices.currency}/month`,
    formula,
    inputs: {
      on: backup_days > 0 ? 1 : 0,
      carts,
      cart_bytes: postgres.cart_bytes ?? 0,
      further_days,
      daily_change,
      storage: storage.value,
      regions,
    },
    prices: { price: priced('rds.backup', prices) },
    at_least: 0,
  })
}
