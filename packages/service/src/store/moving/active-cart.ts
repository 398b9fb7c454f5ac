import { createHash } from 'node:crypto'
import { CartError } from '../../cart/errors.ts'
import { derivedCartId, idKey } from '../../cart/ids.ts'
import type { ActiveCart, CartStore, NewCart } from '../cart-store.ts'

/** How often a call looks again because others create and end carts of the customer. */
const ROUNDS = 64

/**
 * `activeCart` over both databases. What either remembers as the active cart may be in the other one by now, so this
 * derives the id of the cart to create instead: concurrent calls derive the same id, and the store creates a cart of that id
 * once. The id depends on the newest of the customer's carts that were checked out, so that each is followed by another id, and on
 * a count, for carts that were deleted or merged, which no list has.
 *
 * @param secret nobody outside can know it, so that ids cannot be guessed; the same in all instances
 */
export async function activeCartAcross(
  store: Pick<CartStore, 'listCarts' | 'createCart' | 'getCart'>,
  cart: Omit<NewCart, 'cartId'>,
  secret: string,
): Promise<ActiveCart> {
  const { customerId, now } = cart
  let latest: string | undefined
  let ended = 0
  for (let round = 0; round < ROUNDS; round++) {
    // First, so that a cart that is checked out in between changes the id only of the next round.
    const orders = await store.listCarts(customerId, { limit: 1, now, status: 'checked_out' })
    const order = orders.items[0]?.cartId ?? ''
    const active = await store.listCarts(customerId, { limit: 1, now, status: 'active' })
    const [found] = active.items
    if (found !== undefined) return { cartId: found.cartId, version: found.version, created: false }
    if (order !== latest) ended = 0
    latest = order
    const cartId = idFor([secret, idKey(customerId), order, ended])
    const { replayed } = await store.createCart({ ...cart, cartId })
    if (!replayed) return { cartId, version: 1, created: true }
    const version = await versionOfActive(store, cartId, now)
    if (version !== undefined) return { cartId, version, created: false }
    ended += 1
  }
  throw new CartError('STORE_BUSY')
}

/** The version of a cart, if it is active. */
async function versionOfActive(
  store: Pick<CartStore, 'getCart'>,
  cartId: string,
  now: number,
): Promise<number | undefined> {
  try {
    const cart = await store.getCart(cartId, { now, consistency: 'strong' })
    return cart.status === 'active' ? cart.version : undefined
  } catch (error) {
    if (error instanceof CartError && error.code === 'CART_NOT_FOUND') return undefined
    throw error
  }
}

function idFor(parts: readonly (string | number)[]): string {
  return derivedCartId(
    createHash('sha256')
      .update(JSON.stringify(['active', ...parts]))
      .digest(),
  )
}
