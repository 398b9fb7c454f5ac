import { createRandom, type Random } from '../../random/random.ts'
import { type LoadSpec, productAt, productCount } from '../../results/load-spec.ts'
import type { Operation } from '../../results/operations.ts'
import { dealAdd, dealCreate, dealPlain, type Mix } from './deal.ts'
import type { Part } from './part.ts'

/** Share of the sessions of `shopper-checkout` that end with a checkout; the others abandon their cart. */
export const CHECKOUT_SHARE = 0.3

/** A shopper's session, at some point in it. */
export interface Session {
  /** Adds so far; `null` before the cart is created. */
  readonly added: number | null
  /** The remaining operations, the next one last. */
  readonly left: Operation[]
}

/**
 * Sessions: a new cart, adds of which half are followed by a get, a final get, and perhaps a checkout; then a new shopper
 * takes the slot. The shopper who acts next is drawn from all shoppers, so the arrivals of operations are exactly those of
 * the spec. The shoppers of the warm-up have the slots behind those of the measured part, to leave its carts alone.
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
 * The sessions of all shoppers at the start of a part. In a steady state most shoppers are in the middle of a session; if
 * all sessions started together, too many creates would come first. A session is found with a probability in proportion
 * to its length, at each of its operations alike (the inspection paradox: Feller, An Introduction to Probability Theory
 * and Its Applications, volume 2, section I.4).
 */
export function openSessions(spec: LoadSpec, part: Part): Session[] {
  const random = createRandom(spec.seed, `${part} sessions`)
  return Array.from({ length: spec.shoppers }, () => findSession(spec, random))
}

function findSession(spec: LoadSpec, random: Random): Session {
  const longest = 2 * maxAdds(spec) + 3
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
  const adds = random.integer(1, maxAdds(spec))
  const shopping = Array.from({ length: adds }).flatMap((): Operation[] =>
    random.fraction() < 0.5 ? ['add_items', 'get_cart'] : ['add_items'],
  )
  const session: Operation[] = ['create_cart', ...shopping, 'get_cart']
  if (spec.mix === 'shopper-checkout' && random.fraction() < CHECKOUT_SHARE)
    session.push('checkout')
  return session
}

function maxAdds({ lines_per_cart }: LoadSpec): number {
  return 2 * lines_per_cart - 1
}
