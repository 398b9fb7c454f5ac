import type { Deployment } from '../terms/deployment.ts'
import { type CostFigure, derive } from './figure.ts'
import type { InstanceClass, Prices } from './prices.ts'
import { HOURS_PER_MONTH } from './service-cost.ts'
import { volumeFor } from './storage-volume.ts'

/** Load on the database of one region. */
export interface DatabaseLoad {
  /** Cores in use on average. */
  readonly cpu: CostFigure
  /** vCPUs at which the peak stays within the target utilisation. */
  readonly peak_cores: CostFigure
  /** Connections of all tasks at the peak. */
  readonly connections: CostFigure
  /** GiB that the working set and the connections need. */
  readonly memory: CostFigure
  /** Writes of the storage per second at the peak. */
  readonly iops: CostFigure
  /** Bytes written to the storage per second at the peak. */
  readonly written: CostFigure
  /** Reads of the storage per second at the peak, on an instance with so much memory. */
  reads(memory_gib: number): CostFigure
}

/** Operations of the storage per second at the peak, on an instance with so much memory. */
export function storageOperations(load: DatabaseLoad, memory_gib: number): CostFigure {
  return derive({
    id: 'postgres.storage_operations',
    title: 'Storage operations at the peak in a region: writes, and reads that miss the cache',
    unit: 'operations/s',
    formula: 'writes + reads',
    inputs: { writes: load.iops.value, reads: load.reads(memory_gib).value },
  })
}

/** What an instance class has to offer for a load. */
export type InstanceConstraint =
  | 'cpu'
  | 'cpu_credits'
  | 'burstable'
  | 'min_memory'
  | 'memory'
  | 'connections'
  | 'storage_iops'
  | 'storage_throughput'

export interface InstanceChoice {
  readonly instance: InstanceClass
  /** What the next cheaper class lacks; empty for the cheapest class. */
  readonly binding: readonly InstanceConstraint[]
}

/**
 * The class for which every constraint holds and which costs least with the storage operations that must be provisioned
 * for it: more memory needs fewer. `null` where none holds.
 */
export function instanceFor(
  load: DatabaseLoad,
  prices: Prices,
  deployment: InstanceRules,
): InstanceChoice | null {
  const provisions = provisionedIopsPrice(prices) !== null
  const ascending = prices.rds_instances.toSorted((a, b) => a.price - b.price)
  const lacks = (one: InstanceClass) => lacking(one, load, deployment, provisions)
  const cost = (one: InstanceClass) =>
    one.price * HOURS_PER_MONTH +
    provisionedIops(load, one.memory_gib) * (provisionedIopsPrice(prices) ?? 0)
  const [instance] = ascending
    .filter((one) => lacks(one).length === 0)
    .toSorted((a, b) => cost(a) - cost(b))
  if (instance === undefined) return null
  const smaller = ascending[ascending.indexOf(instance) - 1]
  if (smaller === undefined) return { instance, binding: [] }
  const binding = lacks(smaller)
  // The smaller class would do, and its storage operations cost more than it saves.
  return { instance, binding: binding.length > 0 ? binding : ['storage_iops'] }
}

/** Price of an operation per second beyond the included ones, per month; `null` where the file has none. */
export function provisionedIopsPrice({ options }: Prices): number | null {
  return options?.['rds.gp3_iops']?.price ?? null
}

/** Operations per second beyond those that the price of the storage includes, on an instance with so much memory. */
export function provisionedIops(load: DatabaseLoad, memory_gib: number): number {
  const iops = storageOperations(load, memory_gib).value
  const volume = volumeFor({ iops, bytes_per_s: load.written.value }, true)
  return volume === null ? 0 : Math.max(0, iops - volume.iops.value)
}

export type InstanceRules = Pick<
  Deployment,
  'core_speed' | 'min_memory_gib' | 'burstable' | 'target_utilisation'
>

/**
 * What a class lacks for a load. Burstable classes earn credits for their baseline only, so the average must stay within
 * the target utilisation of it (Amazon EC2 User Guide, burstable performance instances).
 *
 * @param provisions whether storage operations beyond the included ones can be bought
 */
export function lacking(
  instance: InstanceClass,
  load: DatabaseLoad,
  { core_speed, min_memory_gib, burstable, target_utilisation }: InstanceRules,
  provisions: boolean,
): InstanceConstraint[] {
  const { vcpus, baseline, memory_gib, storage_iops, storage_mb_per_s } = instance
  const iops = storageOperations(load, memory_gib).value
  const volume = volumeFor({ iops, bytes_per_s: load.written.value }, provisions)
  const earned = vcpus * baseline * core_speed * (baseline < 1 ? target_utilisation : 1)
  const holds: Readonly<Record<InstanceConstraint, boolean>> = {
    cpu: vcpus >= load.peak_cores.value,
    cpu_credits: earned >= load.cpu.value,
    burstable: burstable || baseline === 1,
    min_memory: memory_gib >= min_memory_gib,
    memory: memory_gib >= load.memory.value,
    connections: maxConnections(memory_gib) >= load.connections.value,
    storage_iops: volume !== null && (storage_iops === undefined || storage_iops >= iops),
    storage_throughput:
      storage_mb_per_s === undefined || storage_mb_per_s * 1e6 >= load.written.value,
  }
  return (Object.keys(holds) as InstanceConstraint[]).filter((name) => !holds[name])
}

/** RDS for PostgreSQL's default `max_connections`: memory in bytes / 9,531,392, at most 5,000 (RDS User Guide, quotas). */
export function maxConnections(memory_gib: number): number {
  return Math.min(5000, Math.floor((memory_gib * 2 ** 30) / 9_531_392))
}
