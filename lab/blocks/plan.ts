import { createRandom } from '../workload/random.ts'

/** One block: every side is given the same load, one after another. */
export interface PlannedBlock {
  /** From 0. */
  readonly block: number
  /** Of the load's schedule, so that no two blocks replay the same one. */
  readonly seed: number
  /** Places of the sides in the order in which they run. */
  readonly order: readonly number[]
}

/**
 * The block of a number. Its order is drawn by lot (Fisher and Yates): a fixed one, even an alternating one, can
 * fall in step with something else that the machine does, and the sign-flip test rests on the draw.
 */
export function planBlock(seed: number, block: number, sides: number): PlannedBlock {
  // Spreads neighbouring seeds and blocks over all 32 bits: runs of seeds 1 and 2 share no block's schedule.
  const own = createRandom(Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(block + 1, 0x85ebca6b))
  const schedule = own.integer(1, 2 ** 31 - 1)
  const order = Array.from({ length: sides }, (_, place) => place)
  for (let last = sides - 1; last > 0; last--) {
    const other = own.integer(0, last)
    const [a, b] = [order[last], order[other]] as [number, number]
    order[last] = b
    order[other] = a
  }
  return { block, seed: schedule, order }
}
