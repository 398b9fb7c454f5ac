import type { Cart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { CartStore, ReadOptions } from '../../store/cart-store.ts'

export interface Wanted {
  readonly minVersion: number
  /** Whether the cart may exist although an eventual read does not find it yet: its home is another region. */
  readonly mayBeOnItsWay: boolean
}

/**
 * Reads a cart with an eventual read if that is enough. A strong read follows only if the cart is older than `minVersion`, or
 * not found although a version was given or it may be on its way. A client that passes the version of its last change reads its own
 * writes.
 */
export function readCart(
  store: CartStore,
  cartId: string,
  read: ReadOptions,
  { minVersion, mayBeOnItsWay }: Wanted,
): Promise<Cart> {
  const enough = read.consistency === 'strong' || (minVersion === 0 && !mayBeOnItsWay)
  return enough ? store.getCart(cartId, read) : readAtLeast(store, cartId, read, minVersion)
}

async function readAtLeast(
  store: CartStore,
  cartId: string,
  read: ReadOptions,
  minVersion: number,
): Promise<Cart> {
  try {
    const cart = await store.getCart(cartId, read)
    if (cart.version >= minVersion) return cart
  } catch (error) {
    if (!(error instanceof CartError && error.code === 'CART_NOT_FOUND')) throw error
  }
  return store.getCart(cartId, { ...read, consistency: 'strong' })
}
