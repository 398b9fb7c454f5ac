import fc, { type GeneratorValue } from 'fast-check'

/** Choices made one after another, each of which may depend on what the service has answered so far. */
export interface Choices {
  /** A value of an arbitrary. */
  some<T>(arbitrary: () => fc.Arbitrary<T>): T
  integer(min: number, max: number): number
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** True in that share of the cases. */
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
    // Not the bias of an integer arbitrary, which prefers small values.
    chance: (percent) => g(hundredth) < percent,
  }
}

function hundredth(): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min: 0, max: 99 }))
}
