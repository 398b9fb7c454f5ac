import type { Cart } from '../../cart/cart.ts'
import type { Changed } from '../../cart/rules.ts'
import type { LayoutName } from '../../config/config.ts'
import type { StoreEvents } from '../store-events.ts'
import type { SingleChange } from './changes.ts'
import type { Database, Statement } from './database.ts'
import type { CartReads } from './statements.ts'

/** What differs between the layouts. Keys, merges, owners, expiry and the creation of carts are the same. */
export interface Layout {
  readonly name: LayoutName
  readonly reads: CartReads
  /** Reads the carts with the given ids as one row: a `CartsText`. */
  readonly getJoined: Statement
  /** The carts in rows of `reads` by id, in no particular order. */
  cartsOf(rows: readonly unknown[]): ReadonlyMap<string, Cart>
  /** The joint statement of adds that `isSingle` accepts; its parameters are `singleValues`. */
  readonly joinSingleAdds: Statement
  /** The joint statement of any adds; its parameters are `batchValues`. */
  readonly joinAdds: Statement
  /** Makes one change in any situation, or rejects with the reason why not. */
  openChanges(database: Database, events: StoreEvents): (change: SingleChange) => Promise<Changed>
  /** Maximum number of changes of one cart that one instance should have in progress. */
  readonly perCart: number
}
