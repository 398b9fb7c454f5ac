import type { Statement } from './database.ts'
import { CART_ROW } from './rows.ts'

/** All SQL that the store runs. Times are parameters: no statement reads the database's clock. */

function reads(name: string, text: string): Statement {
  return { name, text, kind: 'read' }
}

function changes(name: string, text: string): Statement {
  return { name, text, kind: 'change' }
}

const JOIN_LINES = 'left join cart_lines as line using (cart_id)'

export const CREATE_CART = changes(
  'create_cart',
  `insert into carts (cart_id, customer_id, created_at, updated_at, expires_at)
   values ($1, $2, $3, $3, $4)`,
)

export const GET_CART = reads(
  'get_cart',
  `select ${CART_ROW} from carts as cart ${JOIN_LINES}
   where cart.cart_id = $1 and (cart.expires_at is null or cart.expires_at > $2)`,
)

export const ADD_LINES = changes(
  'add_lines',
  'select outcome, new_version from add_lines($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
)

export const CHECKOUT = changes('checkout', 'select outcome, new_version from checkout($1, $2)')

export const LIST_CARTS = reads(
  'list_carts',
  `select ${CART_ROW}
   from (select * from carts
         where customer_id = $1 and cart_id < $2 and (expires_at is null or expires_at > $3)
         order by cart_id desc limit $4) as cart ${JOIN_LINES}
   order by cart.cart_id desc`,
)

export const GET_ORDER = reads(
  'get_order',
  `select ${CART_ROW} from carts as cart ${JOIN_LINES}
   where cart.cart_id = $1 and cart.ordered_at is not null`,
)

export const LIST_ORDERS = reads(
  'list_orders',
  `select ${CART_ROW}
   from (select * from carts
         where customer_id = $1 and ordered_at is not null and (ordered_at, cart_id) < ($2, $3)
         order by ordered_at desc, cart_id desc limit $4) as cart ${JOIN_LINES}
   order by cart.ordered_at desc, cart.cart_id desc`,
)

/** Fails with undefined_table when the schema is not there. */
export const PING = reads('ping', 'select exists (select from carts)')
