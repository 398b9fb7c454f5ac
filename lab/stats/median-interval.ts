import { createRandom } from '../random/random.ts'
import { expandedInterval, type Interval, LEAST_VALUES, RESAMPLES } from './bootstrap.ts'

/**
 * The 95 % bootstrap interval of a median, see `expandedInterval`. Deterministic.
 *
 * @returns `null` for fewer than six values
 */
export function medianInterval(values: readonly number[]): Interval | null {
  if (values.length < LEAST_VALUES) return null
  const sorted = Float64Array.from(values).sort()
  const { lower, upper } = drawnMiddles(values.length)
  const medians = Float64Array.from(
    lower,
    (place, resample) => ((sorted[place] ?? 0) + (sorted[upper[resample] ?? 0] ?? 0)) / 2,
  )
  return expandedInterval(medians, values.length)
}

/** Indexes in the sorted sample of the two middle values of each resample; equal for an odd number of values. */
interface Middles {
  readonly lower: Uint32Array
  readonly upper: Uint32Array
}

const known = new Map<number, Middles>()

/** Drawn once per sample size: the indexes drawn do not depend on the values. */
function drawnMiddles(n: number): Middles {
  const before = known.get(n)
  if (before !== undefined) return before
  const random = createRandom(1)
  const middles = { lower: new Uint32Array(RESAMPLES), upper: new Uint32Array(RESAMPLES) }
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const drawn = Uint32Array.from({ length: n }, () => random.integer(0, n - 1)).sort()
    middles.lower[resample] = drawn[(n - 1) >> 1] ?? 0
    middles.upper[resample] = drawn[n >> 1] ?? 0
  }
  known.set(n, middles)
  return middles
}
