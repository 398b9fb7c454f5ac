import { amount, list } from '../../decide/words.ts'
import type { Validation } from '../../simulate/validate.ts'
import type { Prose } from '../model.ts'
import { recordLinks } from '../record-links.ts'

/** How far the simulation of a store was from measured runs, where there were any to hold it against. */
export function simulationProse(
  store: string,
  { points, kept_up, typical, worst }: Validation,
): Prose {
  if (points.length === 0)
    return [
      `${store}: the simulation could not be checked here; runs at more than one rate (--requirements or --slo) would.`,
    ]
  const error = (name: string, of: number | null, most: number | null) =>
    of === null || most === null
      ? []
      : [`${amount(100 * of)} % in ${name} (at most ${amount(100 * most)} %)`]
  const latencies = [
    ...error('P50', typical.p50_ms, worst.p50_ms),
    ...error('P99', typical.p99_ms, worst.p99_ms),
  ]
  const parts = [
    ...error('throughput', typical.throughput, worst.throughput),
    ...(latencies.length === 0
      ? []
      : [`in the ${kept_up} of them that both kept up with by ${list(latencies)}`]),
  ]
  return [
    `${store}: held against ${points.length} measured runs the simulation was typically off by ${parts.join(', and ')}`,
    ...recordLinks(points.map(({ record }) => record)),
    '.',
  ]
}
