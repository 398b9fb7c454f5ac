import type { MissingCpu, SimulationCheck } from '../../model/decide/check-simulation.ts'
import type { Fit } from '../../model/simulate/fit.ts'
import type { ValidatedPoint } from '../../model/simulate/validate.ts'
import { amount, list } from '../amounts.ts'
import type { Prose } from '../model.ts'
import { plural } from '../performance/words.ts'
import { recordLinks } from '../record-links.ts'

const CPU: Readonly<Record<MissingCpu, string>> = {
  service_cpu: 'CPU of the service per operation',
  database_cpu: 'CPU of the database per operation',
  emulator_cpu: 'CPU of the emulator per operation',
}

/**
 * The error of the simulation of a store against measured runs.
 *
 * @param emulator whether the runs used an emulator of the store
 */
export function simulationProse(store: string, check: SimulationCheck, emulator: boolean): Prose {
  const { points, counts, typical, worst, missing, fit } = check
  if (missing.length > 0)
    return [
      `${store}: the simulation could not be validated, because these were not measured: ${list(missing.map((one) => CPU[one]))}.`,
    ]
  if (points.length === 0)
    return [
      `${store}: the simulation could not be validated; that requires runs at several rates (--requirements or --slo).`,
    ]
  const error = (name: string, of: keyof typeof counts) =>
    typical[of] === null || worst[of] === null
      ? []
      : [
          `${amount(100 * typical[of])} % in ${name} (${plural(counts[of], 'run')}, at most ${amount(100 * worst[of])} %)`,
        ]
  const errors = [
    ...error('throughput', 'throughput'),
    ...error('P50', 'p50_ms'),
    ...error('P99', 'p99_ms'),
  ]
  if (errors.length === 0)
    return [
      `${store}: the simulation could not be validated; the runs at other rates are inconclusive.`,
    ]
  const subject = emulator
    ? `${store}: the limits in the plots were not validated. For the emulator, simulated as one process, the median error was`
    : `${store}: with each measured run predicted by a fit to the others, the median error of the simulation was`
  return [
    `${subject} ${list(errors)}`,
    ...recordLinks(points.map(({ record }) => record)),
    ...behindWords(points),
    `. ${fitWords(fit)}`,
  ]
}

/** How the simulation was fitted to all runs. */
function fitWords({ cpu, variability, latency }: Fit): string {
  return `Fitted to all of these runs: CPU per operation times ${cpu}, variability of service times times ${variability}, latency without load times ${latency}.`
}

/** The runs whose latencies are not compared. */
function behindWords(points: readonly ValidatedPoint[]): string[] {
  const count = (which: ValidatedPoint['behind']) =>
    points.filter(({ behind }) => behind === which).length
  const counts = [
    [count('both'), 'both'],
    [count('predicted'), 'only the simulation'],
    [count('measured'), 'only the measured run'],
  ] as const
  const words = counts.flatMap(([runs, what]) =>
    runs === 0 ? [] : [`in ${plural(runs, 'run')} ${what} fell behind the rate`],
  )
  return words.length === 0
    ? []
    : [`; latencies beyond a capacity are not compared: ${list(words)}`]
}
