import { createHash } from 'node:crypto'

/** A sequence of pseudo-random numbers: the same seed and purpose give the same numbers on every machine. */
export interface Random {
  /** The next number in [0, 1), with 53 random bits. */
  fraction(): number
  /** The next integer from `min` to `max`, both included. */
  integer(min: number, max: number): number
}

/**
 * The sequence of a seed and a purpose. Different purposes draw from unrelated sequences, so a change to one (more lines
 * in a cart) leaves the others (the arrivals) as they were. sfc32 by Chris Doty-Humphrey (PractRand, public domain),
 * with its 128 bits of state set by SHA-256. Not for secrets.
 *
 * @param seed any integer
 */
export function createRandom(seed: number, purpose = ''): Random {
  // The hashes of load schedules in result files depend on this text.
  const state = createHash('sha256').update(`pushcart load/${seed}/${purpose}`).digest()
  let a = state.readInt32LE(0)
  let b = state.readInt32LE(4)
  let c = state.readInt32LE(8)
  let counter = state.readInt32LE(12)

  function next(): number {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + result) | 0
    return result >>> 0
  }
  const fraction = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
  return {
    fraction,
    integer: (min, max) => min + Math.floor(fraction() * (max - min + 1)),
  }
}
