import fc, { type GeneratorValue } from 'fast-check'

/** Choices made one after another; each may depend on the responses so far. */
export interface Choices {
  /** A value of an arbitrary. */
  some<T>(arbitrary: () => fc.Arbitrary<T>): T
  integer(min: number, max: number): number
  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T
  /** True with that probability. */
  chance(percent: number): boolean
}

export function choicesOf(g: GeneratorValue): Choices {
  const integer = (min: number, max: number) => g(fc.integer, { min, max })
  return {
    some: (arbitrary) => g(arbitrary),
    integer,
    pick(list) {
      const picked = list[integer(0, list.length - 1)]
      if (picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
    // Not an integer arbitrary, which is biased towards small values.
    chance: (percent) => g(hundredth) < percent,
  }
}

function hundredth(): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min: 0, max: 99 }))
}
