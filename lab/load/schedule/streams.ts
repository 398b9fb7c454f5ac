import { createHash } from 'node:crypto'

/** A stream of pseudo-random numbers of its own, the same on every machine. */
export interface Stream {
  /** A number of [0, 1) with 53 random bits. */
  fraction(): number
  /** An integer of `min`-`max`, both included. */
  integer(min: number, max: number): number
}

/**
 * The stream of a seed and a purpose. Different purposes draw from unrelated streams, so a change to one (more
 * lines in a cart) leaves the others (the arrivals) as they were. sfc32 by Chris Doty-Humphrey (PractRand,
 * public domain), its 128 bits of state set by SHA-256.
 */
export function openStream(seed: number, purpose: string): Stream {
  const state = createHash('sha256').update(`pushcart load/${seed}/${purpose}`).digest()
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => state.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ]
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
