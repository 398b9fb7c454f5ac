import { createRandom } from '../random/random.ts'

/** How often each of the three operations is sent. */
export const OPERATIONS_OF_A_KIND = 50

/** What the quick test will send, drawn before anything is sent: responses cannot influence it. */
export interface QuickStream {
  /** The customer of each cart to create, 1-10000. */
  readonly customers: readonly number[]
  /** The lines to add, product 1-1000, quantity 1-5. */
  readonly adds: readonly { readonly product: number; readonly quantity: number }[]
}

/** The stream of a seed. */
export function quickStream(seed: number): QuickStream {
  const random = createRandom(seed)
  const times = Array.from({ length: OPERATIONS_OF_A_KIND })
  return {
    customers: times.map(() => random.integer(1, 10_000)),
    adds: times.map(() => ({
      product: random.integer(1, 1000),
      quantity: random.integer(1, 5),
    })),
  }
}
