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

export const CREATE_CART = changes('create_cart', 'select outcome from create_cart($1, $2, $3, $4)')

export const GET_CART = reads(
  'get_cart',
  `select ${CART_ROW} from carts as cart ${JOIN_LINES}
   where cart.cart_id = $1 and cart.status <> 'deleted'
     and (cart.expires_at is null or cart.expires_at > $2)`,
)

export const GET_OWNER = reads(
  'get_owner',
  `select customer_id from carts
   where cart_id = $1 and (expires_at is null or expires_at > $2)`,
)

/** Any change of a cart; its parameters are `changeValues`. */
export const CHANGE_CART = changes(
  'change_cart',
  `select outcome, new_version from change_cart(
     $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
)

export const LIST_CARTS = reads(
  'list_carts',
  `select ${CART_ROW}
   from (select * from carts
         where customer_id = $1 and (created_at, cart_id) < ($2, $3)
           and status in ('active', 'checked_out') and (expires_at is null or expires_at > $4)
         order by created_at desc, cart_id desc limit $5) as cart ${JOIN_LINES}
   order by cart.created_at desc, cart.cart_id desc`,
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

/**
 * Locks before it removes, and looks at a row again once it has the lock, so a cart that is being changed,
 * or was put off a moment ago, stays. Lines, keys and merges go with their cart.
 */
export const SWEEP_EXPIRED = changes(
  'sweep_expired',
  `with expired as materialized (
     select cart_id from carts
     where ordered_at is null and expires_hour <= $1::bigint / 3600000 and expires_at <= $1
     order by expires_hour limit $2 for update skip locked
   ), swept as (
     delete from carts where cart_id in (select cart_id from expired) returning cart_id
   )
   select count(*) as swept from swept`,
)

/** Fails with undefined_table when the schema is not there. */
export const PING = reads('ping', 'select exists (select from carts)')
