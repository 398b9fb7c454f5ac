import type { NewCart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { idKey } from '../../cart/ids.ts'
import type { Changed } from '../../cart/rules.ts'
import { plainArray, textArray } from './array-text.ts'
import { coalesceChanges } from './coalesce-changes.ts'
import type { Database } from './database.ts'
import { CREATE_CART, CREATE_CARTS } from './statements.ts'

/** `createCart`, coalesced: one insert makes the carts with new ids; `create_cart` looks at the others one by one. */
export function coalesceCreates(database: Database): (cart: NewCart) => Promise<Changed> {
  async function alone(cart: NewCart): Promise<Changed> {
    const { cartId, customerId, now, expiresAt, currency } = cart
    const values = [cartId, idKey(customerId), now, expiresAt, currency.code, currency.digits]
    const [row] = await database.run<{ outcome: string }>(CREATE_CART, values)
    if (row?.outcome === 'IDEMPOTENCY_KEY_REUSED') throw new CartError('IDEMPOTENCY_KEY_REUSED')
    return { version: 1, replayed: row?.outcome === 'REPLAYED' }
  }

  /** Of several creations of one id only the first: the others may have another customer, so each is looked at alone. */
  async function jointly(all: readonly NewCart[]) {
    const carts = [...new Map(all.toReversed().map((cart) => [cart.cartId, cart])).values()]
    const rows = await database.run<{ cart_id: string }>(CREATE_CARTS, [
      plainArray(carts.map((cart) => cart.cartId)),
      textArray(carts.map((cart) => idKey(cart.customerId))),
      plainArray(carts.map((cart) => cart.now)),
      plainArray(carts.map((cart) => cart.expiresAt)),
      textArray(carts.map((cart) => cart.currency.code)),
      plainArray(carts.map((cart) => cart.currency.digits)),
    ])
    const inserted = new Set(rows.map((row) => row.cart_id))
    const made = carts.filter((cart) => inserted.has(cart.cartId))
    return new Map(made.map((cart) => [cart, { version: 1, replayed: false }]))
  }

  const create = coalesceChanges<NewCart>({
    maxInFlight: 2,
    maxInBatch: 64,
    gathers: true,
    ...database.queue,
    alone,
    jointly,
  })
  // Calls are distinguished by their objects, and several calls may share one object.
  return (cart) => create({ ...cart })
}
