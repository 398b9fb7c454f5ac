import { CartError } from '../../packages/service/src/cart/errors.ts'
import { readCart } from '../../packages/service/src/http/routes/read-cart.ts'
import type { CartStore, Changed } from '../../packages/service/src/store/cart-store.ts'

/**
 * A store whose reads of carts are eventual reads with the newest version that was returned for the cart, as clients with
 * `min_version` make them. With every client behind one such store, its reads must satisfy what strong reads do.
 */
export function withSessionReads(store: CartStore): CartStore {
  const newest = new Map<string, number>()
  const seen = (cartId: string, version: number) =>
    newest.set(cartId, Math.max(version, newest.get(cartId) ?? 0))
  /** Of a cart whose version no response says. */
  const forget = (cartId: string) => newest.set(cartId, Number.POSITIVE_INFINITY)

  function watch<Parameters extends [string, ...never[]]>(
    change: (...parameters: Parameters) => Promise<Changed>,
  ): (...parameters: Parameters) => Promise<Changed> {
    return async (...parameters) => {
      const changed = await change(...parameters)
      seen(parameters[0], changed.version)
      return changed
    }
  }

  return {
    ...store,
    async createCart(cart) {
      const changed = await store.createCart(cart)
      seen(cart.cartId, changed.version)
      return changed
    },
    async getCart(cartId, read) {
      const minVersion = newest.get(cartId) ?? 0
      const consistency = minVersion === Number.POSITIVE_INFINITY ? 'strong' : 'eventual'
      const cart = await readCart(
        store,
        cartId,
        { ...read, consistency },
        { minVersion, mayBeOnItsWay: false },
      )
      seen(cartId, cart.version)
      return cart
    },
    addLines: watch(store.addLines),
    setLine: watch(store.setLine),
    removeLine: watch(store.removeLine),
    setAttributes: watch(store.setAttributes),
    reprice: watch(store.reprice),
    emptyCart: watch(store.emptyCart),
    checkout: watch(store.checkout),
    deleteCart: watch(store.deleteCart),
    async mergeCart(cartId, merge, terms) {
      forget(merge.fromCartId)
      try {
        const changed = await store.mergeCart(cartId, merge, terms)
        seen(cartId, changed.version)
        return changed
      } catch (error) {
        // A merge may have been made although its response is lost.
        if (error instanceof CartError) forget(cartId)
        throw error
      }
    },
    async activeCart(cart) {
      const active = await store.activeCart(cart)
      seen(active.cartId, active.version)
      return active
    },
  }
}
