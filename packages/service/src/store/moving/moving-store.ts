import { CartError } from '../../cart/errors.ts'
import { otherSide, type Residence, type Side } from '../../cart/residence.ts'
import type { Changed } from '../../cart/rules.ts'
import { CartAway } from '../cart-away.ts'
import type { CartStore, ChangeOptions, MergeOptions } from '../cart-store.ts'
import { activeCartAcross } from './active-cart.ts'
import { openCreates } from './creates.ts'
import { listAcross } from './lists.ts'
import { bring, type Pair, type PairEvents, type Place } from './pair.ts'
import { openWhereabouts } from './whereabouts.ts'

export interface MovingOptions {
  readonly pair: Pair
  /** The database in which carts are created, to which carts of merges are brought, and which lists read last. */
  readonly to: Side
  /** Whether changes are refused while the carts are moved. */
  readonly frozen?: boolean | undefined
  /** Of the move: the same in all instances, and unknown outside. */
  readonly secret: string
  readonly events?: PairEvents | undefined
}

/** How often a call goes back and forth because others move its cart to and fro, as movers in two directions do for a moment. */
const ROUNDS = 16

/**
 * The store of a moving pair: each cart is used where it is, as `docs/moving.md` describes. It adds nothing to a call of a
 * cart that has not moved. It does not close the stores of the pair.
 */
export function openMovingStore({
  pair,
  to,
  frozen = false,
  secret,
  events,
}: MovingOptions): CartStore {
  const whereabouts = openWhereabouts()

  /** Makes a call where the cart is. */
  async function at<T>(cartId: string, call: (store: CartStore) => Promise<T>): Promise<T> {
    let side: Side = whereabouts.of(cartId)
    let seen: Home | undefined
    for (let round = 0; round < ROUNDS; round++) {
      try {
        return await call(pair[side])
      } catch (error) {
        const home = await elsewhere(cartId, error, round === 0 && side === 'source')
        // It was there throughout the call and yet not found: it has expired or was deleted.
        if (seen !== undefined && isSame(seen, home)) throw notAway(error)
        seen = home
        side = home.side
      }
    }
    throw new CartError('STORE_BUSY')
  }

  /** What the source knows of a cart that was not found there; a store that throws `CartAway` has said it already. */
  async function traceOf(cartId: string, error: unknown): Promise<Residence | 'left'> {
    return error instanceof CartAway ? 'left' : pair.source.residences.look(cartId)
  }

  /**
   * Where a cart is that was not found; throws the error if it is nowhere, or if the error means something else.
   *
   * @param isFirst whether only the source has been tried: if it has a trace, the destination is tried next
   */
  async function elsewhere(cartId: string, error: unknown, isFirst: boolean): Promise<Home> {
    if (!isMissing(error)) throw error
    const known = isFirst ? await traceOf(cartId, error) : undefined
    const home =
      known === 'left' || known?.at === 'away'
        ? PROBABLY_MOVED
        : homeOf(await bring(pair, cartId, undefined, { source: known, events }))
    if (home === undefined) throw notAway(error)
    whereabouts.keep(cartId, home.side)
    return home
  }

  function change(cartId: string, call: (store: CartStore) => Promise<Changed>): Promise<Changed> {
    return frozen ? Promise.reject(refusal()) : at(cartId, call)
  }

  const create = openCreates({ pair, to, events, arrived: whereabouts.keep })

  /** Both carts of a merge in one database: where carts go, or in the source if one cannot go there. */
  async function mergeCart(
    cartId: string,
    merge: MergeOptions,
    terms: ChangeOptions,
  ): Promise<Changed> {
    if (frozen) throw refusal()
    for (let round = 0; round < ROUNDS; round++) {
      const { together, homes } = await gather([cartId, merge.fromCartId])
      try {
        return await pair[together].mergeCart(cartId, merge, terms)
      } catch (error) {
        if (!isMissing(error) || (await haveStayed([cartId, merge.fromCartId], homes)))
          throw notAway(error)
      }
    }
    throw new CartError('STORE_BUSY')
  }

  const homesOf = (cartIds: readonly string[], goal?: Side) =>
    Promise.all(cartIds.map((id) => bring(pair, id, goal, { events })))

  async function gather(cartIds: readonly string[]): Promise<Gathered> {
    const places = await homesOf(cartIds)
    const homes = places.map(homeOf)
    const sides = new Set(homes.flatMap((home) => home?.side ?? []))
    const [only] = sides
    if (sides.size < 2) return { together: only ?? to, homes }
    const brought = await homesOf(cartIds, to)
    const goal = brought.some(({ stays }) => stays) ? otherSide(to) : to
    const together = await homesOf(cartIds, goal)
    for (const id of cartIds) whereabouts.keep(id, goal)
    return { together: goal, homes: together.map(homeOf) }
  }

  /** Whether no cart has moved since, so that "not found" is the truth. */
  async function haveStayed(
    cartIds: readonly string[],
    before: readonly (Home | undefined)[],
  ): Promise<boolean> {
    const places = await homesOf(cartIds)
    return places.every((place, i) => isSame(homeOf(place), before[i]))
  }

  const main = pair[to]
  const store: CartStore = {
    kind: main.kind,
    ...(main.emulator !== undefined && { emulator: main.emulator }),
    createCart: (cart) => (frozen ? Promise.reject(refusal()) : create(cart)),
    getCart: (cartId, read) =>
      at(cartId, (store) => store.getCart(cartId, read)).catch((error) => {
        // An eventual read may not see the cart where it has just arrived.
        if (read.consistency === 'strong' || !isMissing(error)) throw error
        return at(cartId, (store) => store.getCart(cartId, { ...read, consistency: 'strong' }))
      }),
    getOwner: (cartId, now) => at(cartId, (store) => store.getOwner(cartId, now)),
    addLines: (cartId, ...args) => change(cartId, (store) => store.addLines(cartId, ...args)),
    setLine: (cartId, ...args) => change(cartId, (store) => store.setLine(cartId, ...args)),
    removeLine: (cartId, ...args) => change(cartId, (store) => store.removeLine(cartId, ...args)),
    setAttributes: (cartId, ...args) =>
      change(cartId, (store) => store.setAttributes(cartId, ...args)),
    reprice: (cartId, ...args) => change(cartId, (store) => store.reprice(cartId, ...args)),
    emptyCart: (cartId, terms) => change(cartId, (store) => store.emptyCart(cartId, terms)),
    deleteCart: (cartId, terms) => change(cartId, (store) => store.deleteCart(cartId, terms)),
    checkout: (cartId, ...args) => change(cartId, (store) => store.checkout(cartId, ...args)),
    mergeCart,
    activeCart: (cart) => activeCartAcross(store, cart, secret),
    getOrder: (orderId) => at(orderId, (store) => store.getOrder(orderId)),
    listCarts: (customerId, page) =>
      listAcross({ pair, to, events }, 'carts', customerId, page, (store, part) =>
        store.listCarts(customerId, { ...page, ...part }),
      ),
    listOrders: (customerId, page) =>
      listAcross({ pair, to, events }, 'orders', customerId, page, (store, part) =>
        store.listOrders(customerId, { ...page, ...part }),
      ),
    async sweepExpired(now, limit) {
      const removed = await Promise.all(
        [pair.source, pair.destination].map((store) => store.sweepExpired(now, limit)),
      )
      return Math.max(...removed)
    },
    /** Both must respond; the time is the source's, until all carts have moved. */
    async ping() {
      const [time] = await Promise.all([pair.source.ping(), pair.destination.ping()])
      return time
    },
    async close() {},
  }
  return store
}

/** Where a cart is. The hop distinguishes two stays in one database. */
interface Home {
  readonly side: Side
  readonly hop: number
}

/** The home of a cart whose hop there is not known yet. */
const PROBABLY_MOVED: Home = { side: 'destination', hop: -1 }

/** The database that is to merge the carts, and where each was. */
interface Gathered {
  readonly together: Side
  readonly homes: readonly (Home | undefined)[]
}

function homeOf({ at: side, records }: Place): Home | undefined {
  return side === 'nowhere' ? undefined : { side, hop: records[side].hop }
}

function isSame(a: Home | undefined, b: Home | undefined): boolean {
  return a?.side === b?.side && a?.hop === b?.hop
}

/** Whether a store does not have the cart, which may be in the other one. */
function isMissing(error: unknown): boolean {
  if (error instanceof CartAway) return true
  return (
    error instanceof CartError &&
    (error.code === 'CART_NOT_FOUND' || error.code === 'ORDER_NOT_FOUND')
  )
}

/** The error for a caller who learns that the cart is in neither database. */
function notAway(error: unknown): unknown {
  return error instanceof CartAway ? new CartError('CART_NOT_FOUND') : error
}

function refusal(): CartError {
  return new CartError(
    'STORE_BUSY',
    'The carts are being moved to another database, and cannot be changed for the moment.',
  )
}
