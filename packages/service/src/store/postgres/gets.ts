import { type Cart, isVisible } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { type EntityId, idFromKey } from '../../cart/ids.ts'
import { coalesce } from '../coalesce.ts'
import { plainArray } from './array-text.ts'
import type { Database } from './database.ts'
import { type CartsText, cartsOfText } from './joined-carts.ts'
import type { Layout } from './layout.ts'
import { GET_OWNERS } from './statements.ts'

/** Two batches keep PostgreSQL and this process busy at the same time; more or larger ones brought nothing. */
const BOUNDS = { maxInFlight: 2, maxInBatch: 32, gathers: true }

interface Get {
  readonly cartId: string
  readonly now: number
}

/** Coalesced reads; a cart that is missing or no longer visible is CART_NOT_FOUND. */
function coalesceGets<Found extends Pick<Cart, 'expiresAt'>>(
  { queue }: Database,
  read: (cartIds: string) => Promise<ReadonlyMap<string, Found>>,
): (get: Get) => Promise<Found> {
  return coalesce({
    ...BOUNDS,
    ...queue,
    async run(gets) {
      const found = await read(plainArray(gets.map((get) => get.cartId)))
      return gets.map(({ cartId, now }) => {
        const cart = found.get(cartId)
        return cart !== undefined && isVisible(cart, now)
          ? { status: 'fulfilled', value: cart }
          : { status: 'rejected', reason: new CartError('CART_NOT_FOUND') }
      })
    },
  })
}

/** `getCart`, coalesced. */
export function coalesceCarts(
  database: Database,
  { getJoined, reads, cartsOf }: Layout,
): (get: Get) => Promise<Cart> {
  return coalesceGets(database, async (ids) => {
    const [joined = [0, null]] = await database.run<CartsText>(getJoined, [ids])
    return cartsOfText(joined) ?? cartsOf(await database.run(reads.getCarts, [ids]))
  })
}

interface Owner extends Pick<Cart, 'expiresAt'> {
  readonly customerId: EntityId
}

interface OwnerRow {
  readonly cart_id: string
  readonly customer_id: string
  readonly expires_at: number | null
}

/** `getOwner`, coalesced. */
export function coalesceOwners(database: Database): (get: Get) => Promise<Owner> {
  const ownersOf = (rows: readonly OwnerRow[]): ReadonlyMap<string, Owner> =>
    new Map(
      rows.map((row) => [
        row.cart_id,
        { customerId: idFromKey(row.customer_id), expiresAt: row.expires_at },
      ]),
    )
  return coalesceGets(database, async (ids) => ownersOf(await database.run(GET_OWNERS, [ids])))
}
