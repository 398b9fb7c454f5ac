import { createRandom } from '../../random/random.ts'
import type { Unloaded } from './parameters.ts'

/** Seeded draws from the distributions of the simulation. */
export interface Draw {
  /** Above 0 and below 1. */
  uniform(): number
  exponential(mean: number): number
  /** Given by its median and 99th percentile. */
  lognormal(median: number, p99: number): number
}

const STEPS = 2 ** 30
/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263478740408408

export function createDraw(seed: number): Draw {
  const random = createRandom(seed)
  const uniform = () => (random.integer(0, STEPS - 1) + 0.5) / STEPS
  // Box and Muller (1958).
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return {
    uniform,
    exponential: (mean) => -mean * Math.log(uniform()),
    lognormal: (median, p99) => {
      const spread = spreadOf({ median_s: median, p99_s: p99 })
      return median * Math.exp(spread * normal())
    },
  }
}

/** Standard deviation of the logarithms of a lognormal distribution, from its median and 99th percentile. */
export function spreadOf({ median_s, p99_s }: Unloaded): number {
  return median_s <= 0 ? 0 : Math.log(Math.max(1, p99_s / median_s)) / Z99
}
