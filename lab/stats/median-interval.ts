import { createRandom } from '../workload/random.ts'

const RESAMPLES = 4000
const CONFIDENCE = 0.95

/** An interval; both ends belong to it. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The 95 % percentile bootstrap interval of a median (Efron and Tibshirani, An Introduction to the Bootstrap,
 * 1993, chapter 13). The same values give the same interval.
 *
 * @param values at least one; RangeError otherwise
 */
export function medianInterval(values: readonly number[]): Interval {
  if (values.length === 0) throw new RangeError('there is no median of no values')
  const sorted = Float64Array.from(values).sort()
  const random = createRandom(1)
  const draws = new Uint32Array(sorted.length)
  const medians = new Float64Array(RESAMPLES)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    draws.fill(0)
    for (let draw = 0; draw < sorted.length; draw++) {
      const place = random.integer(0, sorted.length - 1)
      draws[place] = (draws[place] ?? 0) + 1
    }
    medians[resample] = drawnMedian(sorted, draws)
  }
  medians.sort()
  const outside = Math.floor((RESAMPLES * (1 - CONFIDENCE)) / 2)
  return { low: medians[outside] ?? 0, high: medians[RESAMPLES - 1 - outside] ?? 0 }
}

/** The median of `sorted`, each value taken as often as it was drawn: a walk instead of a sort per resample. */
function drawnMedian(sorted: Float64Array, draws: Uint32Array): number {
  const lower = (sorted.length - 1) >> 1
  const upper = sorted.length >> 1
  let passed = 0
  let sum = 0
  for (let place = 0; place < sorted.length && passed <= upper; place++) {
    const before = passed
    passed += draws[place] ?? 0
    if (before <= lower && lower < passed) sum += sorted[place] ?? 0
    if (before <= upper && upper < passed) sum += sorted[place] ?? 0
  }
  return sum / 2
}
