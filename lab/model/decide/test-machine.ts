import type { ComparisonParts } from '../../results/comparison-file.ts'
import { DEPLOYMENT } from '../cost/inputs.ts'
import type { TestMachine } from './check-simulation.ts'

/**
 * The machine of the runs as the simulation asks: service, database and generator shared its cores, and each can at most have had
 * the part that its work was of all their work. A service is one process, which keeps one core busy at most.
 *
 * @param side whose slots tell the parts; thirds where they do not
 */
export function testMachine({ environment, load }: ComparisonParts, side: string): TestMachine {
  const { cores } = environment.machine
  const own = (load?.slots ?? []).filter((slot) => slot.side === side && !slot.result.partial)
  const sum = (of: (slot: (typeof own)[number]) => number | null) =>
    own.reduce((total, slot) => total + (of(slot) ?? 0), 0)
  const service = sum(({ watched }) => watched.service_cpu_s)
  const database = sum(({ watched }) => watched.database_cpu_s)
  // The generator's figure leaves the warm-up out.
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
