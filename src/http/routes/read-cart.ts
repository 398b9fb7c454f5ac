import type { Cart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { CartStore, ReadOptions } from '../../store/cart-store.ts'

/**
 * Reads a cart at the price of an eventual read where that is enough: only when it came back older than
 * `minVersion`, or not at all though a version was named, a strong read follows. Gives a client
 * its own writes (it passes the version its last change was answered with).
 */
export function readCart(
  store: CartStore,
  cartId: string,
  { minVersion, ...read }: ReadOptions & { readonly minVersion: number },
): Promise<Cart> {
  const enough = read.consistency === 'strong' || minVersion === 0
  return enough ? store.getCart(cartId, read) : readAtLeast(store, cartId, minVersion, read)
}

async function readAtLeast(
  store: CartStore,
  cartId: string,
  minVersion: number,
  read: ReadOptions,
): Promise<Cart> {
  try {
    const cart = await store.getCart(cartId, read)
    if (cart.version >= minVersion) return cart
  } catch (error) {
    if (!(error instanceof CartError && error.code === 'CART_NOT_FOUND')) throw error
  }
  return store.getCart(cartId, { ...read, consistency: 'strong' })
}
