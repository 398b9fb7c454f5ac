import type { ComparisonParts } from '../../results/comparison-file.ts'
import { DEPLOYMENT } from '../terms/deployment.ts'
import type { TestMachine } from './check-simulation.ts'

/**
 * The machine of the runs. Service, database and generator shared its cores; each is assigned the share that its CPU time
 * had of the total. A service is one process, which uses at most one core.
 *
 * @param side whose slots give the shares; a third each where CPU times are missing
 */
export function testMachine({ environment, load }: ComparisonParts, side: string): TestMachine {
  const { cores } = environment.machine
  const own = (load?.slots ?? []).filter((slot) => slot.side === side && !slot.result.partial)
  const sum = (of: (slot: (typeof own)[number]) => number | null) =>
    own.reduce((total, slot) => total + (of(slot) ?? 0), 0)
  const service = sum(({ watched }) => watched.service_cpu_s)
  const database = sum(({ watched }) => watched.database_cpu_s)
  // The generator's CPU time excludes the warm-up.
  const generator = sum(
    ({ result: { generator: used, warm_up, measured_s } }) =>
      used.cpu_s * (1 + warm_up.seconds / measured_s),
  )
  const all = service + database + generator
  const part = (work: number) => (work > 0 ? (cores * work) / all : cores / 3)
  const pool = environment.sides.find(({ key }) => key === side)?.pool_size ?? null
  return {
    service_cores: Math.min(1, part(service)),
    database_cores: part(database),
    connections: pool ?? DEPLOYMENT.pool_connections,
  }
}
