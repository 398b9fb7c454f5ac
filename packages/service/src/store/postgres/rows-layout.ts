import { type ChangeRow, changed, changeValues } from './changes.ts'
import type { Layout } from './layout.ts'
import { cartsOf, type ReadRow, readCarts } from './rows.ts'
import { ADD_BATCH, CHANGE_CART, cartReads } from './statements.ts'

/** A row per line. The function `change_cart` has the rules. */
export const ROWS_LAYOUT: Layout = {
  name: 'rows',
  reads: cartReads(readCarts),
  cartsOf: (rows) => cartsOf(rows as readonly ReadRow[]),
  joinAdds: ADD_BATCH,
  openChanges:
    (database) =>
    async ({ cartId, change, terms }) => {
      const [row] = await database.run<ChangeRow>(CHANGE_CART, changeValues(cartId, change, terms))
      return changed(row, terms)
    },
  // The next change is waiting at the database when one ends.
  perCart: 2,
}
