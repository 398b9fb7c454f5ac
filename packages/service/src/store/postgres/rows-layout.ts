import { type ChangeRow, changed, changeValues } from './changes.ts'
import { LINE_SEPARATOR, NUMBER_SEPARATOR } from './joined-carts.ts'
import type { Layout } from './layout.ts'
import { cartsOf, type ReadRow, readCarts } from './rows.ts'
import { ADD_LINES } from './single-adds.ts'
import { ADD_BATCH, CHANGE_CART, cartReads, joinedReads } from './statements.ts'

/** A row per line. The function `change_cart` has the rules. */
export const ROWS_LAYOUT: Layout = {
  name: 'rows',
  reads: cartReads(readCarts),
  getJoined: joinedReads(
    { keys: 'line.keys', names: 'line.names', numbers: 'line.numbers' },
    `cross join lateral (
       select coalesce(string_agg(product_id, ${LINE_SEPARATOR}), '') as keys,
              coalesce(string_agg(product_name, ${LINE_SEPARATOR}), '') as names,
              coalesce(string_agg(concat_ws(${NUMBER_SEPARATOR}, unit_price, quantity, line.created_at, line.updated_at),
                                  ${NUMBER_SEPARATOR}), '') as numbers
         from cart_lines as line where line.cart_id = cart.cart_id) as line`,
  ),
  cartsOf: (rows) => cartsOf(rows as readonly ReadRow[]),
  joinSingleAdds: ADD_LINES,
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
