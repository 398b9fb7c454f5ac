import { createRandom, type Random } from '../../random/random.ts'
import { type LoadSpec, productAt, productCount } from '../load-spec.ts'
import { dealAdd, dealCreate, dealPlain, type Mix } from './deal.ts'
import type { Operation } from './operations.ts'
import type { Part } from './part.ts'

/** How many of the sessions of `shopper-checkout` end with a checkout; the others leave their cart. */
export const CHECKOUT_SHARE = 0.3

/** A shopper's visit, at some point of it. */
export interface Session {
  /** Adds done so far; `null` before the cart is there. */
  readonly added: number | null
  /** What is still to be done, the next operation last. */
  readonly left: Operation[]
}

/**
 * Sessions: a new cart, adds of which every other is followed by a look at the cart, a last look, and perhaps a
 * checkout; then the next shopper takes this one's place. Who acts next is drawn from all who are in the shop, so
 * the arrivals of operations stay exactly those of the spec. The warm-up's shoppers have the slots behind those of the
 * measured part, whose carts they must not touch.
 */
export function openShoppers(spec: LoadSpec, part: Part): Mix {
  const random = createRandom(spec.seed, `${part} operations`)
  const products = productCount(spec)
  const plans = openSessions(spec, part).map(({ left }) => left)
  const first = part === 'measured' ? 0 : spec.shoppers
  return () => {
    const shopper = random.integer(0, spec.shoppers - 1)
    let plan = plans[shopper] ?? []
    if (plan.length === 0) {
      plan = planSession(spec, random).reverse()
      plans[shopper] = plan
    }
    const operation = plan.pop() ?? 'create_cart'
    const slot = first + shopper
    if (operation === 'create_cart') return dealCreate(random, slot)
    if (operation !== 'add_items') return dealPlain(operation, slot)
    return dealAdd(random, slot, productAt(spec, random.integer(0, products - 1)))
  }
}

/**
 * The sessions of all shoppers when a part begins. At any time most are somewhere in the middle; a shop that opened
 * just now would be asked for more new carts than one that has been open for long. A session is met in proportion
 * to its length, at each of its operations alike (the inspection paradox: Feller, An Introduction to Probability Theory
 * and Its Applications, volume 2, section I.4).
 */
export function openSessions(spec: LoadSpec, part: Part): Session[] {
  const random = createRandom(spec.seed, `${part} sessions`)
  return Array.from({ length: spec.shoppers }, () => meetSession(spec, random))
}

function meetSession(spec: LoadSpec, random: Random): Session {
  const longest = 2 * mostAdds(spec) + 3
  for (;;) {
    const plan = planSession(spec, random)
    if (random.fraction() * longest >= plan.length) continue
    const done = random.integer(0, plan.length - 1)
    const added = plan.slice(0, done).filter((operation) => operation === 'add_items').length
    return { added: done === 0 ? null : added, left: plan.slice(done).reverse() }
  }
}

/** 1 to 2n - 1 adds, n on average. */
function planSession(spec: LoadSpec, random: Random): Operation[] {
  const adds = random.integer(1, mostAdds(spec))
  const shopping = Array.from({ length: adds }).flatMap((): Operation[] =>
    random.fraction() < 0.5 ? ['add_items', 'get_cart'] : ['add_items'],
  )
  const session: Operation[] = ['create_cart', ...shopping, 'get_cart']
  if (spec.mix === 'shopper-checkout' && random.fraction() < CHECKOUT_SHARE)
    session.push('checkout')
  return session
}

function mostAdds({ lines_per_cart }: LoadSpec): number {
  return 2 * lines_per_cart - 1
}
