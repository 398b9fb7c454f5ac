import { type LoadSpec, type MixName, productAt, productCount } from '../load-spec.ts'
import { openCartChoice } from './cart-choice.ts'
import type { Operation } from './operations.ts'
import { openStream, type Stream } from './streams.ts'

/** What to do next, without when. */
export interface Deal {
  readonly operation: Operation
  /** The cart: one of those prepared, or a shopper's. -1 for a new cart that nobody uses afterwards. */
  readonly slot: number
  /** Of `create_cart`, else 0. */
  readonly customerId: number
  /** Of `add_items`, else 0. */
  readonly productId: number | string
  /** Of `add_items`, else 0. */
  readonly quantity: number
}

export type Mix = () => Deal

const CUSTOMERS = 10_000
const MOST_QUANTITY = 3
/**
 * Then a cart that is always added to is replaced by a new one, by a `create_cart` in place of one operation: a cart
 * does not take units without end. 300 adds of 3 stay below the 1,000 units a line may hold by default.
 */
export const ADDS_PER_CART = 300

/** Shares of get and add; the rest creates. YCSB's workload B is the first, its A the second. */
const SHARES: Readonly<
  Record<Exclude<MixName, 'shopper' | 'shopper-checkout'>, readonly [get: number, add: number]>
> = {
  'read-heavy': [0.95, 0.05],
  'write-heavy': [0.5, 0.5],
  'create-heavy': [0.25, 0.25],
  hot: [0.5, 0.5],
}

/** How many of the sessions of `shopper-checkout` end with a checkout; the others leave their cart. */
export const CHECKOUT_SHARE = 0.3

export function openMix(spec: LoadSpec): Mix {
  if (spec.mix === 'shopper' || spec.mix === 'shopper-checkout') return openShoppers(spec)
  return openCartMix(spec, ...SHARES[spec.mix])
}

/** Operations on prepared carts, independent of each other. */
function openCartMix(spec: LoadSpec, gets: number, adds: number): Mix {
  const stream = openStream(spec.seed, 'operations')
  const choose = openCartChoice(spec)
  const productOf = cartLines(spec)
  const added = new Uint16Array(spec.carts)
  return () => {
    const kind = stream.fraction()
    if (kind >= gets + adds) return create(stream, -1)
    const slot = choose()
    if (kind < gets) return deal('get_cart', slot)
    const count = added[slot] ?? 0
    if (count >= ADDS_PER_CART) {
      added[slot] = 0
      return create(stream, slot)
    }
    added[slot] = count + 1
    const line = stream.integer(0, spec.lines_per_cart - 1)
    return deal('add_items', slot, productOf(slot, line), stream.integer(1, MOST_QUANTITY))
  }
}

/**
 * The product of a line of a prepared cart. A cart only ever holds these `lines_per_cart` products, so it keeps its
 * size however much is added.
 */
export function cartLines(spec: LoadSpec): (slot: number, line: number) => number | string {
  const products = productCount(spec)
  const stream = openStream(spec.seed, 'lines')
  const first = Uint32Array.from({ length: spec.carts }, () => stream.integer(0, products - 1))
  return (slot, line) => productAt(spec, ((first[slot] ?? 0) + line) % products)
}

/**
 * Sessions: a new cart, adds of which every other is followed by a look at the cart, a last look, and perhaps a
 * checkout; then the next shopper takes this one's place. Who acts next is drawn from all who are in the shop, so
 * the arrivals of operations stay exactly those of the spec.
 */
function openShoppers(spec: LoadSpec): Mix {
  const stream = openStream(spec.seed, 'operations')
  const products = productCount(spec)
  const left: Operation[][] = Array.from({ length: spec.shoppers }, () => [])
  return () => {
    const slot = stream.integer(0, spec.shoppers - 1)
    const operations = left[slot]
    const operation = operations?.pop()
    if (operation === undefined) {
      left[slot] = planSession(spec, stream).reverse()
      return create(stream, slot)
    }
    if (operation !== 'add_items') return deal(operation, slot)
    const product = productAt(spec, stream.integer(0, products - 1))
    return deal('add_items', slot, product, stream.integer(1, MOST_QUANTITY))
  }
}

/** What follows the create: 1 to 2n - 1 adds, n on average. */
function planSession(spec: LoadSpec, stream: Stream): Operation[] {
  const adds = stream.integer(1, 2 * spec.lines_per_cart - 1)
  const session = Array.from({ length: adds }).flatMap((): Operation[] =>
    stream.fraction() < 0.5 ? ['add_items', 'get_cart'] : ['add_items'],
  )
  session.push('get_cart')
  if (spec.mix === 'shopper-checkout' && stream.fraction() < CHECKOUT_SHARE)
    session.push('checkout')
  return session
}

function create(stream: Stream, slot: number): Deal {
  const customerId = stream.integer(1, CUSTOMERS)
  return { operation: 'create_cart', slot, customerId, productId: 0, quantity: 0 }
}

function deal(
  operation: Operation,
  slot: number,
  productId: number | string = 0,
  quantity = 0,
): Deal {
  return { operation, slot, customerId: 0, productId, quantity }
}
