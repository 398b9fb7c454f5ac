import type { PerKind } from '../../results/operation-kinds.ts'
import { sharesOf } from '../terms/mix.ts'
import { spreadOf } from './draw.ts'
import type { Unloaded } from './parameters.ts'
import type { ValidatedPoint } from './validate.ts'

/** Factors by which the simulation was fitted to measured runs; 1 leaves a parameter as it was measured. */
export interface Fit {
  /** On CPU per operation: below 1 where a load shares statements, above 1 where processes disturb each other. */
  readonly cpu: number
  /** On the variability of the service times, to which waiting is proportional. */
  readonly variability: number
  /** On the latency without load. */
  readonly latency: number
}

export const NO_FIT: Fit = { cpu: 1, variability: 1, latency: 1 }

/** The steps of each factor. Finer ones would follow the noise of single runs. */
const STEPS: Readonly<Record<keyof Fit, readonly number[]>> = {
  cpu: [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 2],
  variability: [0.125, 0.25, 0.5, 1, 2, 4, 8],
  latency: [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 2],
}
/** Cost of one step away from 1, in logarithmic error: a factor moves for more than the noise of a run. */
const STEP_COST = 0.02
/** Cost of a run that kept up in the simulation only, or in the measurement only: its latencies have no error. */
const BEHIND_COST = 2

/**
 * The factors with the smallest sum of absolute logarithmic errors, by coordinate descent.
 *
 * @param predicted the runs to fit to, simulated with given factors
 */
export function fitTo(predicted: (fit: Fit) => readonly ValidatedPoint[]): Fit {
  const cost = (fit: Fit) =>
    predicted(fit).reduce((sum, point) => sum + costOf(point), 0) +
    FACTORS.reduce((sum, name) => sum + STEP_COST * stepsFromOne(name, fit[name]), 0)
  let best = { fit: NO_FIT, cost: cost(NO_FIT) }
  for (let improved = true; improved; ) {
    improved = false
    for (const name of FACTORS)
      for (const factor of STEPS[name]) {
        if (factor === best.fit[name]) continue
        const fit = { ...best.fit, [name]: factor }
        const own = cost(fit)
        if (own >= best.cost) continue
        best = { fit, cost: own }
        improved = true
      }
  }
  return best.fit
}

const FACTORS = ['cpu', 'variability', 'latency'] as const

function stepsFromOne(name: keyof Fit, factor: number): number {
  return Math.abs(STEPS[name].indexOf(factor) - STEPS[name].indexOf(1))
}

/** The sum of the absolute logarithms of predicted / measured. */
function costOf({ error, behind }: ValidatedPoint): number {
  const alone = behind === 'measured' || behind === 'predicted' ? BEHIND_COST : 0
  return [error.throughput, error.p50_ms, error.p99_ms].reduce<number>(
    (sum, one) => sum + (one === null ? 0 : Math.abs(Math.log(1 + one))),
    alone,
  )
}

/**
 * Squared coefficient of variation of the service times of a mix. Within a kind they are spread like its measured
 * latency without load (lognormal through median and P99); between the kinds, means differ as measured.
 */
export function serviceVariability(
  mix: PerKind,
  cpu_s: PerKind,
  unloaded: PerKind<Unloaded>,
): number {
  const moments = sharesOf(mix).map(([kind, share]) => {
    const mean = cpu_s[kind] ?? 0
    const spread = unloaded[kind] === undefined ? 0 : spreadOf(unloaded[kind])
    return { first: share * mean, second: share * mean ** 2 * Math.exp(spread ** 2) }
  })
  const first = moments.reduce((sum, one) => sum + one.first, 0)
  const second = moments.reduce((sum, one) => sum + one.second, 0)
  return first === 0 ? 0 : second / first ** 2 - 1
}
