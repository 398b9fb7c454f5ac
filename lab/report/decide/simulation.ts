import { amount } from '../../decide/words.ts'
import type { Validation } from '../../simulate/validate.ts'
import type { Prose } from '../model.ts'
import { recordLinks } from './records.ts'

/** How far the simulation of a store was from measured runs, where there were any to hold it against. */
export function simulationProse(store: string, { points, typical, worst }: Validation): Prose {
  if (points.length === 0)
    return [
      `${store}: the simulation could not be checked here; runs at more than one rate (--requirements or --slo) would.`,
    ]
  const error = (name: string, of: number | null, most: number | null) =>
    of === null || most === null
      ? []
      : [`${name} ${amount(100 * of)} % off (at most ${amount(100 * most)} %)`]
  const parts = [
    ...error('throughput', typical.throughput, worst.throughput),
    ...error('P50', typical.p50_ms, worst.p50_ms),
    ...error('P99', typical.p99_ms, worst.p99_ms),
  ]
  return [
    `${store}: held against ${points.length} measured runs the simulation was typically ${parts.join(', ')}`,
    ...recordLinks(points.map(({ record }) => record)),
    '.',
  ]
}
