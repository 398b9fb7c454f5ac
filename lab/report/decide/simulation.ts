import type { SimulationCheck } from '../../model/decide/check-simulation.ts'
import { amount, list } from '../../model/decide/words.ts'
import type { ValidatedPoint } from '../../model/simulate/validate.ts'
import { plural } from '../load/words.ts'
import type { Prose } from '../model.ts'
import { recordLinks } from '../record-links.ts'

/**
 * How far the simulation of a store was from measured runs, where there were any to hold it against.
 *
 * @param emulator whether the runs were on something that plays the store
 */
export function simulationProse(store: string, check: SimulationCheck, emulator: boolean): Prose {
  const { points, counts, typical, worst, missing } = check
  if (points.length === 0)
    return [
      missing.length > 0
        ? `${store}: the simulation could not be checked here, for want of ${list(missing)}.`
        : `${store}: the simulation could not be checked here; runs at more than one rate (--requirements or --slo) would.`,
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
      `${store}: the simulation could not be checked here; the runs at other rates say nothing.`,
    ]
  const subject = emulator
    ? `${store}: its own limits, those of the plots, were held against no run. The emulator, simulated as one process, was`
    : `${store}: held against measured runs, the simulation was`
  return [
    `${subject} typically off by ${list(errors)}`,
    ...recordLinks(points.map(({ record }) => record)),
    ...behindWords(points),
    '.',
  ]
}

/** The runs that no latency was held against. */
function behindWords(points: readonly ValidatedPoint[]): string[] {
  const number = (who: ValidatedPoint['behind']) =>
    points.filter(({ behind }) => behind === who).length
  const told = [
    [number('both'), 'both'],
    [number('predicted'), 'the simulation alone'],
    [number('measured'), 'the measured run alone'],
  ] as const
  const words = told.flatMap(([runs, what]) =>
    runs === 0 ? [] : [`in ${runs} ${what} fell behind the rate`],
  )
  return words.length === 0 ? [] : [`; past a capacity latencies are not compared: ${list(words)}`]
}
