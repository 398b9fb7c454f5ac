import { type Cart, isVisible } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { type EntityId, idFromKey } from '../../cart/ids.ts'
import { coalesce } from '../coalesce.ts'
import type { Database, Statement } from './database.ts'
import type { Layout } from './layout.ts'
import { GET_OWNERS } from './statements.ts'

/** Two batches keep PostgreSQL and this process busy at the same time; more or larger ones brought nothing. */
const BOUNDS = { maxInFlight: 2, maxInBatch: 32 }

interface Get {
  readonly cartId: string
  readonly now: number
}

/** Coalesced reads; a cart that is missing or no longer visible is CART_NOT_FOUND. */
function coalesceGets<Row, Found extends Pick<Cart, 'expiresAt'>>(
  database: Database,
  statement: Statement,
  foundIn: (rows: readonly Row[]) => ReadonlyMap<string, Found>,
): (get: Get) => Promise<Found> {
  return coalesce({
    ...BOUNDS,
    maxWaitMs: database.maxWaitMs,
    async run(gets) {
      const ids = gets.map((get) => get.cartId)
      const found = foundIn(await database.run<Row>(statement, [ids]))
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
  { reads, cartsOf }: Layout,
): (get: Get) => Promise<Cart> {
  return coalesceGets(database, reads.getCarts, cartsOf)
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
  const ownersOf = (rows: readonly OwnerRow[]) =>
    new Map(
      rows.map((row) => [
        row.cart_id,
        { customerId: idFromKey(row.customer_id), expiresAt: row.expires_at },
      ]),
    )
  return coalesceGets<OwnerRow, Owner>(database, GET_OWNERS, ownersOf)
}
