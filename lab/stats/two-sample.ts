import { createRandom, type Random } from '../random/random.ts'
import { expandedInterval, type Interval, LEAST_VALUES, RESAMPLES } from './bootstrap.ts'
import { median } from './median.ts'

/** Comparison of two unpaired samples. */
export interface TwoSamples {
  /** Median of the second divided by that of the first. */
  readonly ratio: number
  /** 95 % bootstrap interval of `ratio`; `null` with fewer than six values in either sample. */
  readonly interval: Interval | null
  /** Two-sided p-value of the permutation test. */
  readonly p: number
}

/** Up to this many permutations all are evaluated; two samples of 10 values have 184,756. */
const MOST_EXACT = 200_000
const SAMPLED = 20_000

/**
 * Compares two samples of positive values, such as a time in the blocks of two runs.
 *
 * @throws RangeError for an empty sample or a value that is not positive
 */
export function compareSamples(first: readonly number[], second: readonly number[]): TwoSamples {
  if (first.length === 0 || second.length === 0 || ![...first, ...second].every((v) => v > 0))
    throw new RangeError('both samples must be non-empty and positive')
  return {
    ratio: median(second) / median(first),
    interval: ratioOfMediansInterval(first, second),
    p: permutationP(first.map(Math.log), second.map(Math.log)),
  }
}

/**
 * The two-sided permutation test of two samples (Pitman, Supplement to the Journal of the Royal Statistical Society
 * 4, 1937): if both have the same distribution, every split of the values into samples of these sizes is equally
 * likely. The p-value is the share of splits whose means are at least as far apart as the observed ones.
 *
 * @returns 1 for an empty sample
 */
export function permutationP(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second]
  const n = first.length
  if (n === 0 || second.length === 0) return 1
  const total = sum(all)
  // The distance of the means is proportional to that of one sample's sum from its share of the total.
  const middle = (total * n) / all.length
  const largest = all.reduce((most, value) => most + Math.abs(value), 0)
  const reached = Math.abs(sum(first) - middle) - 1e-12 * largest
  const asFar = (chosen: number) => Math.abs(chosen - middle) >= reached
  if (combinations(all.length, n) <= MOST_EXACT) {
    const { count, far } = everyChoice(all, n, asFar)
    return far / count
  }
  const random = createRandom(1)
  // Counting the observed choice itself keeps the test valid (Phipson and Smyth, 2010).
  let far = 1
  for (let sample = 0; sample < SAMPLED; sample++) if (asFar(drawnSum(all, n, random))) far++
  return far / (SAMPLED + 1)
}

function everyChoice(
  values: readonly number[],
  n: number,
  asFar: (chosen: number) => boolean,
): { readonly count: number; readonly far: number } {
  let [count, far] = [0, 0]
  const choose = (from: number, left: number, chosen: number): void => {
    if (left === 0) {
      count++
      if (asFar(chosen)) far++
      return
    }
    for (let place = from; place <= values.length - left; place++)
      choose(place + 1, left - 1, chosen + (values[place] ?? 0))
  }
  choose(0, n, 0)
  return { count, far }
}

/** The sum of `n` of the values, drawn without replacement. */
function drawnSum(values: readonly number[], n: number, random: Random): number {
  const pool = [...values]
  let chosen = 0
  for (let place = 0; place < n; place++) {
    const other = random.integer(place, pool.length - 1)
    chosen += pool[other] ?? 0
    pool[other] = pool[place] ?? 0
  }
  return chosen
}

/** Both samples are resampled independently; the smaller one determines the expansion of the interval. */
function ratioOfMediansInterval(
  first: readonly number[],
  second: readonly number[],
): Interval | null {
  const n = Math.min(first.length, second.length)
  if (n < LEAST_VALUES) return null
  const random = createRandom(1)
  const redrawn = (values: readonly number[]) =>
    median(values.map(() => values[random.integer(0, values.length - 1)] ?? 0))
  const ratios = Float64Array.from({ length: RESAMPLES }, () => redrawn(second) / redrawn(first))
  return expandedInterval(ratios, n)
}

function combinations(n: number, k: number): number {
  return Array.from({ length: k }, (_, i) => i + 1).reduce(
    (product, i) => (product * (n - k + i)) / i,
    1,
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
