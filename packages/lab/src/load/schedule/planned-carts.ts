import { createRandom, type Random } from '../../random/random.ts'
import { hasSessions, type LoadSpec, productAt, productCount } from '../../results/load-spec.ts'
import { cartLines } from './mixes.ts'
import type { Part } from './part.ts'
import { openSessions } from './sessions.ts'

/** A cart to create before the run, with its adds. */
export interface PlannedCart {
  readonly slot: number
  readonly customer: number
  readonly lines: readonly { readonly product: number | string; readonly quantity: number }[]
}

/** The carts that a load finds when it starts: a pure function of the spec. */
export interface CartPlan {
  /** How many slots there are; some shoppers have no cart yet. */
  readonly slots: number
  /** The slots with a cart, in order. */
  readonly filled: readonly number[]
  /**
   * The carts of these slots in order, each drawn when it is taken. Several loops may take from it together: `return`
   * does not end it.
   */
  readonly plan: Iterable<PlannedCart>
}

export function planCarts(spec: LoadSpec): CartPlan {
  const random = createRandom(spec.seed, 'prepare')
  const carts = plannedProducts(spec, random)
  const filled = carts.flatMap((products, slot) => (products === null ? [] : [slot]))
  let next = 0
  const iterator: Iterator<PlannedCart> = {
    next() {
      const slot = filled[next++]
      if (slot === undefined) return { done: true, value: undefined }
      const customer = random.integer(1, 10_000)
      const lines = (carts[slot] ?? []).map((product) => ({
        product,
        quantity: random.integer(1, 3),
      }))
      return { done: false, value: { slot, customer, lines } }
    },
  }
  return { slots: carts.length, filled, plan: { [Symbol.iterator]: () => iterator } }
}

/** The products of each slot's cart, one for each add; `null` where the slot starts without a cart. */
function plannedProducts(spec: LoadSpec, random: Random): ((number | string)[] | null)[] {
  if (!hasSessions(spec)) {
    const productOf = cartLines(spec)
    return Array.from({ length: spec.carts }, (_, slot) =>
      Array.from({ length: spec.lines_per_cart }, (_, line) => productOf(slot, line)),
    )
  }
  const parts: Part[] = spec.warmup_s > 0 ? ['measured', 'warm-up'] : ['measured']
  const last = productCount(spec) - 1
  return parts
    .flatMap((part) => openSessions(spec, part))
    .map(({ added }) =>
      added === null
        ? null
        : Array.from({ length: added }, () => productAt(spec, random.integer(0, last))),
    )
}
