/** A seeded stream of pseudo-random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** The next integer from `min` to `max`, both included. */
  integer(min: number, max: number): number
}

/**
 * mulberry32 by Tommy Ettinger (2017, CC0; gist.github.com/tommyettinger/46a874533244883189143505d203312c). A copy of the
 * lab's generator, because this package depends on nothing.
 *
 * @param seed any integer; its low 32 bits count
 */
export function createRandom(seed: number): Random {
  let state = seed | 0
  function nextFraction(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    integer(min, max) {
      return min + Math.floor(nextFraction() * (max - min + 1))
    },
  }
}
