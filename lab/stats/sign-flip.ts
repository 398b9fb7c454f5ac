import { createRandom } from '../random/random.ts'

/** Up to this many differences all assignments of signs are evaluated; above, a seeded sample. */
const MOST_EXACT = 18
const SAMPLED = 100_000

/** Name of the test for a number of differences. */
export function signFlipWords(differences: number): string {
  return differences <= MOST_EXACT
    ? 'an exact sign-flip test'
    : `a sign-flip test (${SAMPLED.toLocaleString('en-US')} sampled assignments)`
}

/**
 * The two-sided sign-flip test of paired differences (Fisher, The Design of Experiments, 1935, section 21): if the
 * two sides do not differ, both signs of each difference are equally likely. The p-value is the share of all sign
 * assignments whose sum is at least as far from 0 as the observed one. The only assumption is this symmetry, which the
 * random order within each pair provides.
 *
 * @param differences one per pair, such as the logarithms of ratios; any finite numbers
 * @returns 2^(1-n) to 1; 1 without differences. With fewer than 6 differences it cannot be below 0.05.
 */
export function signFlipP(differences: readonly number[]): number {
  const n = differences.length
  if (n === 0) return 1
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0))
  // Sums of the same numbers in a different order differ by rounding errors.
  const largest = differences.reduce((sum, difference) => sum + Math.abs(difference), 0)
  const reached = observed - 1e-12 * largest
  return n <= MOST_EXACT ? exact(differences, reached) : sampled(differences, reached)
}

function exact(differences: readonly number[], reached: number): number {
  const assignments = 2 ** differences.length
  // In Gray code order, consecutive assignments differ in one sign.
  const signed = [...differences]
  let sum = signed.reduce((total, difference) => total + difference, 0)
  let asFar = 0
  for (let assignment = 1; assignment <= assignments; assignment++) {
    if (Math.abs(sum) >= reached) asFar++
    const place = 31 - Math.clz32(assignment & -assignment)
    const difference = signed[place] ?? 0
    signed[place] = -difference
    sum -= 2 * difference
  }
  return asFar / assignments
}

/** Counting the observed assignment itself keeps the test valid (Phipson and Smyth, 2010). */
function sampled(differences: readonly number[], reached: number): number {
  const random = createRandom(1)
  let asFar = 1
  for (let sample = 0; sample < SAMPLED; sample++) {
    let sum = 0
    for (const difference of differences)
      sum += random.integer(0, 1) === 0 ? difference : -difference
    if (Math.abs(sum) >= reached) asFar++
  }
  return asFar / (SAMPLED + 1)
}
