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

  async function together(carts: readonly NewCart[]) {
    const rows = await database.run<{ cart_id: string }>(CREATE_CARTS, [
      carts.map((cart) => cart.cartId),
      carts.map((cart) => idKey(cart.customerId)),
      carts.map((cart) => cart.now),
      carts.map((cart) => cart.expiresAt),
    ])
    const inserted = new Set(rows.map((row) => row.cart_id))
    // Of several of one id, the statement took one; which one is as good as chance, if they are alike.
    const first = carts.filter((cart) => inserted.delete(cart.cartId))
    return new Map(first.map((cart) => [cart, { version: 1, replayed: false }]))
  }

  const create = coalesceChanges<NewCart>({
    mostInFlight: 2,
    mostInBatch: 64,
    single,
    together,
    targetOf: (cart) => cart.cartId,
    isRepeatable: () => false,
  })
  // Calls are told apart by their objects, and one object may come with several.
  return (cart) => create({ ...cart })
}
