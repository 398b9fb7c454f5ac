import type { NewCart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { idKey } from '../../cart/ids.ts'
import type { Changed } from '../../cart/rules.ts'
import { coalesceChanges } from './coalesce-changes.ts'
import type { Database } from './database.ts'
import { CREATE_CART, CREATE_CARTS } from './statements.ts'

/** `createCart` for many at once: one insert, which leaves those to `create_cart` whose id is there already. */
export function coalesceCreates(database: Database): (cart: NewCart) => Promise<Changed> {
  async function single({ cartId, customerId, now, expiresAt }: NewCart): Promise<Changed> {
    const values = [cartId, idKey(customerId), now, expiresAt]
    const [row] = await database.run<{ outcome: string }>(CREATE_CART, values)
    if (row?.outcome === 'IDEMPOTENCY_KEY_REUSED') throw new CartError('IDEMPOTENCY_KEY_REUSED')
    return { version: 1, replayed: row?.outcome === 'REPLAYED' }
  }

  /** Of several of one id the first; they may differ in customer, so whether the others are replays is looked at singly. */
  async function together(all: readonly NewCart[]) {
    const carts = [...new Map(all.toReversed().map((cart) => [cart.cartId, cart])).values()]
    const rows = await database.run<{ cart_id: string }>(CREATE_CARTS, [
      carts.map((cart) => cart.cartId),
      carts.map((cart) => idKey(cart.customerId)),
      carts.map((cart) => cart.now),
      carts.map((cart) => cart.expiresAt),
    ])
    const inserted = new Set(rows.map((row) => row.cart_id))
    const made = carts.filter((cart) => inserted.has(cart.cartId))
    return new Map(made.map((cart) => [cart, { version: 1, replayed: false }]))
  }

  const create = coalesceChanges<NewCart>({
    mostInFlight: 2,
    mostInBatch: 64,
    mostWaitMs: database.mostWaitMs,
    single,
    together,
  })
  // Calls are told apart by their objects, and one object may come with several.
  return (cart) => create({ ...cart })
}
