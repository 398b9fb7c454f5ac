import type { Random } from '../../packages/lab/src/random/random.ts'

/** A fraction strictly between 0 and 1, whose logarithm is finite. */
export function openFraction(random: Random): number {
  return (random.integer(0, 2 ** 30) + 0.5) / (2 ** 30 + 1)
}

/** A value of the standard normal distribution (Box-Muller). */
export function normal(random: Random): number {
  return (
    Math.sqrt(-2 * Math.log(openFraction(random))) * Math.cos(2 * Math.PI * openFraction(random))
  )
}
