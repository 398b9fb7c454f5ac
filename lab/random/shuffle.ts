import type { Random } from './random.ts'

/** An array or a typed array. */
interface MutableList<T> {
  readonly length: number
  [index: number]: T
}

/** Shuffles a list in place (Fisher and Yates). */
export function shuffle<T>(list: MutableList<T>, random: Random): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.integer(0, last)
    const kept = list[last] as T
    list[last] = list[other] as T
    list[other] = kept
  }
}
