import { createRandom } from '../../random/random.ts'
import { type LoadSpec, type MixName, productAt, productCount } from '../load-spec.ts'
import { openCartChoice } from './cart-choice.ts'
import { dealAdd, dealCreate, dealPlain, type Mix } from './deal.ts'
import type { Part } from './part.ts'
import { openShoppers } from './sessions.ts'

/**
 * Then a cart that is always added to is replaced by a new one, by a `create_cart` in place of one operation: a cart
 * does not take units without end. As many adds may have gone to it during the warm-up: 300 adds of 3 stay below the
 * 1,000 units a line may hold by default.
 */
export const ADDS_PER_CART = 150

/** Shares of get and add; the rest creates. YCSB's workload B is the first, its A the second. */
const SHARES: Readonly<Record<MixName, readonly [get: number, add: number] | null>> = {
  shopper: null,
  'shopper-checkout': null,
  'read-heavy': [0.95, 0.05],
  'write-heavy': [0.5, 0.5],
  'create-heavy': [0.25, 0.25],
  hot: [0.5, 0.5],
}

export function openMix(spec: LoadSpec, part: Part): Mix {
  const shares = SHARES[spec.mix]
  return shares === null ? openShoppers(spec, part) : openCartMix(spec, part, ...shares)
}

/** Operations on prepared carts, independent of each other. */
function openCartMix(spec: LoadSpec, part: Part, gets: number, adds: number): Mix {
  const random = createRandom(spec.seed, `${part} operations`)
  const choose = openCartChoice(spec, part)
  const productOf = cartLines(spec)
  const added = new Uint16Array(spec.carts)
  return () => {
    const kind = random.fraction()
    if (kind >= gets + adds) return dealCreate(random, -1)
    const slot = choose()
    if (kind < gets) return dealPlain('get_cart', slot)
    const count = added[slot] ?? 0
    if (count >= ADDS_PER_CART) {
      added[slot] = 0
      return dealCreate(random, slot)
    }
    added[slot] = count + 1
    return dealAdd(random, slot, productOf(slot, random.integer(0, spec.lines_per_cart - 1)))
  }
}

/**
 * The product of a line of a prepared cart. A cart only ever holds these `lines_per_cart` products, so it keeps its
 * size however much is added.
 */
export function cartLines(spec: LoadSpec): (slot: number, line: number) => number | string {
  const products = productCount(spec)
  const random = createRandom(spec.seed, 'lines')
  const first = Uint32Array.from({ length: spec.carts }, () => random.integer(0, products - 1))
  return (slot, line) => productAt(spec, ((first[slot] ?? 0) + line) % products)
}
