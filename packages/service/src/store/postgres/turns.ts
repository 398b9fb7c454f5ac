import { CartError } from '../../cart/errors.ts'

/** Makes a call in turn with the other calls for the same carts. */
export type TakeTurn = <T>(cartIds: readonly string[], call: () => Promise<T>) => Promise<T>

export interface TurnOptions {
  /** Maximum number of calls in progress per cart. */
  readonly perCart: number
  /** How long a call may wait for its turn before it fails with STORE_BUSY, milliseconds. */
  readonly maxWaitMs: number
}

/**
 * Bounds the calls per cart. PostgreSQL makes the changes of one cart one after another anyway, and a statement that waits for
 * the lock of a cart holds a connection: without a bound, the callers of one locked cart hold them all.
 *
 * A call for several carts takes its turns in the order of their ids, so that two calls never wait for each other.
 */
export function openTurns({ perCart, maxWaitMs }: TurnOptions): TakeTurn {
  const carts = new Map<string, { active: number; readonly waiting: Set<() => void> }>()

  function enter(cartId: string): Promise<void> {
    const cart = carts.get(cartId) ?? { active: 0, waiting: new Set() }
    carts.set(cartId, cart)
    if (cart.active < perCart) {
      cart.active += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        cart.waiting.delete(start)
        const cause = new Error(`${perCart} changes of the cart in progress for ${maxWaitMs} ms`)
        reject(new CartError('STORE_BUSY', undefined, { cause }))
      }, maxWaitMs)
      function start(): void {
        clearTimeout(timer)
        cart.waiting.delete(start)
        resolve()
      }
      cart.waiting.add(start)
    })
  }

  function leave(cartId: string): void {
    const cart = carts.get(cartId)
    if (cart === undefined) return
    const [next] = cart.waiting
    if (next !== undefined) next()
    else {
      cart.active -= 1
      if (cart.active === 0) carts.delete(cartId)
    }
  }

  return async (cartIds, call) => {
    const entered: string[] = []
    try {
      for (const cartId of new Set(cartIds.toSorted())) {
        await enter(cartId)
        entered.push(cartId)
      }
      return await call()
    } finally {
      for (const cartId of entered) leave(cartId)
    }
  }
}
