import { createRandom } from '../../random/random.ts'
import { type LoadSpec, type MixName, productAt, productCount } from '../load-spec.ts'
import { openCartChoice } from './cart-choice.ts'
import { dealAdd, dealCreate, dealPlain, type Mix } from './deal.ts'
import type { Part } from './part.ts'
import { openShoppers } from './sessions.ts'

/**
 * Adds after which a new cart replaces a cart, by a `create_cart` instead of an add: the units of a cart are limited. The
 * warm-up may have sent as many adds: 300 adds of 3 units stay below the default limit of a line, 1,000 units.
 */
export const ADDS_PER_CART = 150

/** Shares of gets and adds; the rest are creates. read-heavy is YCSB's workload B, write-heavy its workload A. */
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

/** Independent operations on prepared carts. */
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
 * The product of a line of a prepared cart. A cart only ever holds these `lines_per_cart` products, so adds do not change
 * its size.
 */
export function cartLines(spec: LoadSpec): (slot: number, line: number) => number | string {
  const products = productCount(spec)
  const random = createRandom(spec.seed, 'lines')
  const first = Uint32Array.from({ length: spec.carts }, () => random.integer(0, products - 1))
  return (slot, line) => productAt(spec, ((first[slot] ?? 0) + line) % products)
}
