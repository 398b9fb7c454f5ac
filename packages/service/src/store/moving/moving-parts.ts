import type { CartStore } from '../cart-store.ts'
import { type MovingOptions, openMovingStore } from './moving-store.ts'
import type { Pair } from './pair.ts'

/** What deliberately faulty movers replace in instances and in `pushcart move`; everybody else uses `MOVING_PARTS`. */
export interface MovingParts {
  /** The pair that is used in place of the opened one. */
  readonly pair: (pair: Pair) => Pair
  /** The store of an instance while carts move. */
  readonly store: (options: MovingOptions) => CartStore
}

export const MOVING_PARTS: MovingParts = { pair: (pair) => pair, store: openMovingStore }
