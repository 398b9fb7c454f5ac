import { createRandom } from '../random/random.ts'

/** How often each of the three operations runs. */
export const OPERATIONS_OF_A_KIND = 50

/** What the customary test will send, settled before anything is sent: answers cannot tilt it. */
export interface QuickStream {
  /** The customer of each cart to create, 1-10000. */
  readonly customers: readonly number[]
  /** The lines to add, product 1-1000, quantity 1-5. */
  readonly adds: readonly { readonly productId: number; readonly quantity: number }[]
}

/** The stream of a seed; the same seed gives the same stream, so two databases can be given one. */
export function quickStream(seed: number): QuickStream {
  const random = createRandom(seed)
  const times = Array.from({ length: OPERATIONS_OF_A_KIND })
  return {
    customers: times.map(() => random.integer(1, 10_000)),
    adds: times.map(() => ({
      productId: random.integer(1, 1000),
      quantity: random.integer(1, 5),
    })),
  }
}
