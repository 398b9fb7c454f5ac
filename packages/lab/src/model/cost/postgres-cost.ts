import { OPERATION_KINDS, type OperationKind } from '../../results/operation-kinds.ts'
import { DEFAULTS } from '../terms/defaults.ts'
import type { Deployment } from '../terms/deployment.ts'
import { isWrite } from '../terms/mix.ts'
import { missesAt } from './cache-misses.ts'
import { type CostFigure, derive, priced, pricedInstance } from './figure.ts'
import type { CostInputs } from './inputs.ts'
import {
  type DatabaseLoad,
  type InstanceConstraint,
  instanceFor,
  provisionedIopsPrice,
  storageOperations,
} from './instance-size.ts'
import type { InstanceClass, Prices } from './prices.ts'
import { HOURS_PER_MONTH } from './service-cost.ts'
import { acceptedIops, VOLUMES, type Volume, volumeFor } from './storage-volume.ts'
import { perSecond } from './weighted-sum.ts'

/** Why one PostgreSQL writer cannot serve the peak. */
export type CostLimit =
  | {
      /** The peak writes more bytes per second of log than the storage accepts. */
      readonly kind: 'log_bandwidth'
      readonly bytes_per_s: number
      readonly accepted_per_s: number
    }
  | {
      /** The peak needs more operations per second than the storage accepts. */
      readonly kind: 'storage_iops'
      readonly iops: number
      readonly accepted: number
    }
  | {
      /** No instance class of the price file has what the peak needs. */
      readonly kind: 'instance_size'
      readonly vcpus: number
      readonly connections: number
      readonly memory_gib: number
    }

export interface PostgresCost {
  /** `null` where `limit` is set. */
  readonly instance: InstanceClass | null
  /** What the next cheaper class lacks. */
  readonly binding: readonly InstanceConstraint[]
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
  const needed = { iops: load.iops.value, bytes_per_s: load.written.value }
  const count = instances(inputs.deployment)
  const { reads: _, ...own } = load
  const derived = [...Object.values(own), count]
  const limited = (limit: CostLimit) => ({
    instance: null,
    binding: [],
    limit,
    derived,
    billed: [],
  })
  const provisions = provisionedIopsPrice(prices) !== null
  const volumeOf = (iops: number) => volumeFor({ ...needed, iops }, provisions)
  if (volumeOf(needed.iops) === null) return limited(storageLimit(needed, provisions))
  const chosen = instanceFor(load, prices, inputs.deployment)
  const most = readsWithMostMemory(load, prices)
  if (chosen === null && volumeOf(most) === null)
    return limited(storageLimit({ ...needed, iops: most }, provisions))
  if (chosen === null)
    return limited({
      kind: 'instance_size',
      vcpus: Math.ceil(load.peak_cores.value),
      connections: load.connections.value,
      memory_gib: load.memory.value,
    })
  const { instance, binding } = chosen
  const operations = storageOperations(load, instance.memory_gib)
  const volume = volumeOf(operations.value)
  const storage = provisionedStorage(inputs, volume)
  const { regions, existing_instance } = inputs.deployment
  const unit = `${prices.currency}/month`
  return {
    instance,
    binding,
    limit: null,
    derived: [...derived, load.reads(instance.memory_gib), operations, storage],
    billed: [
      derive({
        id: 'postgres.instances',
        title: `Instances (${instance.class}${existing_instance ? ', there already' : ''})`,
        unit,
        formula: 'billed * instances * regions * hours * price',
        inputs: {
          billed: existing_instance ? 0 : 1,
          instances: count.value,
          regions,
          hours: HOURS_PER_MONTH,
        },
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
      ...provisionedOperations(operations, volume, { count, regions }, prices),
      backups(inputs, storage, prices),
    ],
  }
}

/** Storage operations on the class with the most memory, which has the fewest. */
function readsWithMostMemory(load: DatabaseLoad, { rds_instances }: Prices): number {
  const memory_gib = Math.max(...rds_instances.map((one) => one.memory_gib))
  return storageOperations(load, memory_gib).value
}

function storageLimit(
  needed: { readonly iops: number; readonly bytes_per_s: number },
  provisions: boolean,
): CostLimit {
  const largest = VOLUMES.at(-1)
  const accepted = largest === undefined ? 0 : acceptedIops(largest, provisions)
  return needed.iops > accepted
    ? { kind: 'storage_iops', iops: needed.iops, accepted }
    : {
        kind: 'log_bandwidth',
        bytes_per_s: needed.bytes_per_s,
        accepted_per_s: largest?.bytes_per_s.value ?? 0,
      }
}

/** Operations per second beyond those that the volume includes; nothing where these suffice. */
function provisionedOperations(
  operations: CostFigure,
  volume: Volume | null,
  { count, regions }: { readonly count: CostFigure; readonly regions: number },
  prices: Prices,
): CostFigure[] {
  const price = provisionedIopsPrice(prices)
  const included = volume?.iops.value ?? 0
  if (price === null || operations.value <= included) return []
  return [
    derive({
      id: 'postgres.provisioned_iops',
      title: 'Storage operations beyond the included ones',
      unit: `${prices.currency}/month`,
      formula: '(operations - included) * instances * regions * price',
      inputs: { operations: operations.value, included, instances: count.value, regions },
      prices: { price: { id: 'options.rds.gp3_iops', price } },
    }),
  ]
}

function databaseLoad(inputs: CostInputs, tasks: CostFigure): DatabaseLoad {
  const { traffic, postgres, deployment } = inputs
  const { regions, target_utilisation, core_speed, pool_connections } = deployment
  const cpu = perSecond(
    { id: 'postgres.cpu', title: 'CPU of the database in a region', unit: 'cores' },
    traffic,
    postgres.database_cpu_s,
    regions,
  )
  const connections = derive({
    id: 'postgres.connections',
    title: 'Connections at the peak in a region',
    unit: 'connections',
    formula: 'tasks * pool',
    inputs: { tasks: tasks.value, pool: pool_connections },
  })
  return {
    cpu,
    connections,
    memory: workingMemory(inputs, connections),
    ...storageLoad(inputs),
    reads: (memory_gib) => storageReads(inputs, connections, memory_gib),
    peak_cores: derive({
      id: 'postgres.peak_cores',
      title: 'vCPUs that the peak needs in a region',
      unit: 'vCPU',
      formula: 'cpu * peak / (core_speed * target_utilisation)',
      inputs: { cpu: cpu.value, peak: traffic.peak_to_average, core_speed, target_utilisation },
    }),
  }
}

/** GiB for the system, the carts of some hours and the connections. More carts than are kept need no memory. */
function workingMemory(
  { traffic, carts, postgres, deployment }: CostInputs,
  connections: CostFigure,
): CostFigure {
  const { regions, working_set_hours, cache_share, system_gib, connection_mib } = deployment
  const hourly = 3600 * (traffic.per_second.create_cart ?? 0)
  return derive({
    id: 'postgres.memory',
    title: 'Memory for recent carts and connections in a region',
    unit: 'GiB',
    formula:
      'system + recent * cart_bytes / regions / 1073741824 / cache_share + connections * connection_mib / 1024',
    inputs: {
      system: system_gib,
      recent: Math.min(carts, hourly * working_set_hours),
      cart_bytes: postgres.cart_bytes ?? 0,
      regions,
      cache_share,
      connections: connections.value,
      connection_mib,
    },
  })
}

/** Pages that are not in the cache of an instance, by the size of all data that a region keeps. */
function storageReads(
  { traffic, carts, postgres, deployment }: CostInputs,
  connections: CostFigure,
  memory_gib: number,
): CostFigure {
  const { regions, cache_share, system_gib, connection_mib, old_cart_share } = deployment
  const free = memory_gib - system_gib - (connections.value * connection_mib) / 1024
  const cache = Math.max(1 / 1024, free * cache_share) * 2 ** 30
  const data = (carts * (postgres.cart_bytes ?? 0)) / regions
  const { visit, any_read, any_change } = missesAt(data / cache)
  const rate = (wanted: (kind: OperationKind) => boolean) =>
    OPERATION_KINDS.filter(wanted).reduce((sum, kind) => sum + (traffic.per_second[kind] ?? 0), 0)
  return derive({
    id: 'postgres.reads',
    title: 'Reads of the storage at the peak in a region: pages that miss the cache',
    unit: 'operations/s',
    formula:
      'peak / regions * ((1 - old) * (reads + changes) * visit + old * (reads * any_read + changes * any_change))',
    inputs: {
      peak: traffic.peak_to_average,
      regions,
      old: old_cart_share,
      reads: rate((kind) => !isWrite(kind)),
      changes: rate(isWrite),
      visit,
      any_read,
      any_change,
    },
  })
}

/** One flush per change, until commits share flushes, one after another; and pages with the next checkpoint. */
function storageLoad(inputs: CostInputs): Pick<DatabaseLoad, 'iops' | 'written'> {
  const { traffic, deployment } = inputs
  const { regions, pages_per_change } = deployment
  const changes = OPERATION_KINDS.filter(isWrite).reduce(
    (sum, kind) => sum + (traffic.per_second[kind] ?? 0),
    0,
  )
  const peak = traffic.peak_to_average
  const common = { changes, peak, regions, pages: pages_per_change }
  const flushes = Math.min((changes * peak) / regions, 1 / DEFAULTS.flush_time.value)
  return {
    iops: derive({
      id: 'postgres.iops',
      title: 'Storage operations at the peak in a region',
      unit: 'operations/s',
      formula: 'flushes + changes * peak * pages / regions',
      inputs: { ...common, flushes },
    }),
    written: derive({
      id: 'postgres.written',
      title: 'Written at the peak in a region: log and pages',
      unit: 'bytes/s',
      formula: 'log + changes * peak * pages * 8192 / regions',
      inputs: { ...common, log: peakLog(inputs).value },
    }),
  }
}

/** Bytes of write-ahead log per second. */
function peakLog({ traffic, postgres, deployment }: CostInputs): CostFigure {
  const written = perSecond(
    { id: 'postgres.log', title: 'Write-ahead log of a region', unit: 'bytes/s' },
    traffic,
    postgres.log_bytes,
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

/** At least the size whose throughput the peak needs. */
function provisionedStorage(
  { carts, postgres, deployment }: CostInputs,
  volume: Volume | null,
): CostFigure {
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
    at_least: Math.max(deployment.min_storage_gb, volume?.from_gb ?? 0),
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
