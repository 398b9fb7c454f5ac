import { type Cart, expiryOf } from '../../../src/cart/cart.ts'
import { CartError } from '../../../src/cart/errors.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import { currencyOf } from '../../../src/cart/money.ts'
import type { ActiveCart, CartStore } from '../../../src/store/cart-store.ts'
import { openMemoryStore } from '../../../src/store/memory/memory-store.ts'

/** All carts by id, as the store returns them; `undefined` for a cart that is gone. */
export type Snapshot = ReadonlyMap<string, Cart | undefined>

export const CUSTOMERS = [7, '7', 'ada', 'guest-1'] as const
const LIMITS = { maxLineQuantity: 30, maxLines: 5, maxUnits: 60 }
/** The limits of the app, low enough to be reached often. */
export const ENV = {
  CART_MAX_LINE_QUANTITY: String(LIMITS.maxLineQuantity),
  CART_MAX_LINES: String(LIMITS.maxLines),
  CART_MAX_UNITS: String(LIMITS.maxUnits),
  BODY_LIMIT_BYTES: '4096',
}
const MOST_PRODUCT_ID = 6

/** A store that can be reset under a running app and knows every cart that was ever created in it. */
export function openWorld(now: () => number) {
  let inner = openMemoryStore()
  let cartIds = new Set<string>()
  let made = 0
  let state: Snapshot = new Map()

  const store = new Proxy({} as CartStore, {
    get(_, name: keyof CartStore) {
      if (typeof inner[name] !== 'function') return inner[name]
      // Looked up at the call, because wrappers of the store read its methods only once.
      return (...args: readonly [{ readonly cartId: string }]) => {
        if (name === 'createCart') cartIds.add(args[0].cartId)
        const result: Promise<ActiveCart> = Reflect.apply(
          inner[name] as (...args: readonly unknown[]) => Promise<ActiveCart>,
          inner,
          args,
        )
        if (name === 'activeCart') void result.then(({ cartId }) => cartIds.add(cartId))
        return result
      }
    },
  })

  const currency = currencyOf('USD')
  const terms = () => ({
    now: now(),
    expiresAt: expiryOf(now(), 604_800),
    currency,
    limits: LIMITS,
  })

  /** Creates a cart with some lines. */
  async function stock(lines: number): Promise<string> {
    made += 1
    const cartId = newCartId(now())
    const customerId = CUSTOMERS[made % CUSTOMERS.length] ?? 7
    await store.createCart({ cartId, customerId, ...terms() })
    const added = Array.from({ length: lines }, (_, i) => ({
      productId: ((made + i) % MOST_PRODUCT_ID) + 1,
      productName: `Product ${i}`,
      unitPrice: 100 + i,
      quantity: 2 + i,
    }))
    if (lines > 0) await store.addLines(cartId, added, terms())
    return cartId
  }

  /** Reads every cart again. */
  async function look(): Promise<Snapshot> {
    const carts = new Map<string, Cart | undefined>()
    for (const cartId of cartIds) carts.set(cartId, await find(cartId))
    state = carts
    return carts
  }

  async function find(cartId: string): Promise<Cart | undefined> {
    try {
      return await store.getCart(cartId, { now: now(), consistency: 'strong' })
    } catch (error) {
      if (error instanceof CartError && error.code === 'CART_NOT_FOUND') return undefined
      throw error
    }
  }

  const idsWhere = (wanted: (cart: Cart | undefined) => boolean) =>
    [...state].filter(([, cart]) => wanted(cart)).map(([cartId]) => cartId)

  return {
    store,
    look,
    /** Resets the store and creates carts of every kind. */
    async reset(): Promise<void> {
      inner = openMemoryStore()
      cartIds = new Set()
      made = 0
      await store.checkout(await stock(2), terms())
      await store.deleteCart(await stock(1), terms())
      await store.mergeCart(
        await stock(1),
        { fromCartId: await stock(1), strategy: 'sum' },
        terms(),
      )
      await stock(0)
      await look()
    },
    /** The latest snapshot, after creating new carts if too few are still active. */
    async tend(): Promise<Snapshot> {
      const wanted = 3 - changeable(state).length
      for (let i = 0; i < wanted; i++) await stock(2)
      return wanted > 0 ? look() : state
    },
    /** Ids of the latest snapshot by what can be done with them. */
    changeable: () => changeable(state),
    orders: () => idsWhere((cart) => cart?.status === 'checked_out'),
    ended: () => idsWhere((cart) => cart?.status !== 'active'),
    cart: (cartId: string) => state.get(cartId),
  }
}

export type World = ReturnType<typeof openWorld>

function changeable(state: Snapshot): string[] {
  return [...state]
    .filter(([, cart]) => cart?.status === 'active' && cart.lines.length > 0)
    .map(([cartId]) => cartId)
}
