import { createRandom } from '../random/random.ts'
import { shuffle } from '../random/shuffle.ts'

/** One block: every target gets the same load, one after another. */
export interface PlannedBlock {
  /** From 0. */
  readonly block: number
  /** Seed of the load's schedule: every block has a different schedule. */
  readonly seed: number
  /** Indexes of the targets in the order in which they run. */
  readonly order: readonly number[]
}

/**
 * The plan of one block. The order of its targets is drawn at random: a fixed order, even an alternating one, can
 * coincide with something else that the machine does periodically, and the sign-flip test relies on the random draw.
 */
export function planBlock(seed: number, block: number, sides: number): PlannedBlock {
  const random = createRandom(seed, `block ${block}`)
  const schedule = random.integer(1, 2 ** 31 - 1)
  const order = Array.from({ length: sides }, (_, place) => place)
  shuffle(order, random)
  return { block, seed: schedule, order }
}
