import type { CostFigure } from './figure.ts'
import type { Deployment } from './inputs.ts'
import type { InstanceClass } from './prices.ts'

/** What the database of one region has to bear. */
export interface DatabaseLoad {
  /** Cores in use on average. */
  readonly cpu: CostFigure
  /** Cores that an instance needs for the peak to stay at the target utilisation. */
  readonly peak_cores: CostFigure
  /** Connections of all tasks at the peak. */
  readonly connections: CostFigure
}

/**
 * The cheapest class that bears the load, or `null` where none does. Burstable classes earn credits for their
 * baseline only, so the average has to stay within it (Amazon EC2 User Guide, burstable performance instances).
 */
export function instanceFor(
  load: DatabaseLoad,
  classes: readonly InstanceClass[],
  deployment: Pick<Deployment, 'core_speed' | 'min_memory_gib'>,
): InstanceClass | null {
  const bears = ({ vcpus, baseline, memory_gib }: InstanceClass) =>
    vcpus >= load.peak_cores.value &&
    memory_gib >= deployment.min_memory_gib &&
    vcpus * baseline * deployment.core_speed >= load.cpu.value &&
    maxConnections(memory_gib) >= load.connections.value
  return [...classes].sort((a, b) => a.price - b.price).find(bears) ?? null
}

/** RDS for PostgreSQL's default `max_connections`: memory in bytes / 9,531,392, at most 5,000 (RDS User Guide, quotas). */
export function maxConnections(memory_gib: number): number {
  return Math.min(5000, Math.floor((memory_gib * 2 ** 30) / 9_531_392))
}
