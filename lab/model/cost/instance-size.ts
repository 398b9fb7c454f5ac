import type { Deployment } from '../terms/deployment.ts'
import type { CostFigure } from './figure.ts'
import type { InstanceClass } from './prices.ts'

/** Load on the database of one region. */
export interface DatabaseLoad {
  /** Cores in use on average. */
  readonly cpu: CostFigure
  /** vCPUs at which the peak stays within the target utilisation. */
  readonly peak_cores: CostFigure
  /** Connections of all tasks at the peak. */
  readonly connections: CostFigure
}

/**
 * The cheapest class that serves the load, or `null` where none does. Burstable classes earn credits for their
 * baseline only, so the average must stay within it (Amazon EC2 User Guide, burstable performance instances).
 */
export function instanceFor(
  load: DatabaseLoad,
  classes: readonly InstanceClass[],
  deployment: Pick<Deployment, 'core_speed' | 'min_memory_gib'>,
): InstanceClass | null {
  const serves = ({ vcpus, baseline, memory_gib }: InstanceClass) =>
    vcpus >= load.peak_cores.value &&
    memory_gib >= deployment.min_memory_gib &&
    vcpus * baseline * deployment.core_speed >= load.cpu.value &&
    maxConnections(memory_gib) >= load.connections.value
  return classes.toSorted((a, b) => a.price - b.price).find(serves) ?? null
}

/** RDS for PostgreSQL's default `max_connections`: memory in bytes / 9,531,392, at most 5,000 (RDS User Guide, quotas). */
export function maxConnections(memory_gib: number): number {
  return Math.min(5000, Math.floor((memory_gib * 2 ** 30) / 9_531_392))
}
