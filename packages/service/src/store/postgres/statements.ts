import type { Statement } from './database.ts'
import { readCarts } from './rows.ts'

/**
 * All SQL statements of the store. Times are parameters. The database's clock only decides that a cart has not expired yet,
 * whatever the caller's clock says: `database_now()` in `migrations/0006_currency_and_clock.sql`.
 */

function reads(name: string, text: string): Statement {
  return { name, text, kind: 'read' }
}

/** Rows come as arrays: `ReadRow`. */
function readsCarts(name: string, carts: string): Statement {
  return { ...reads(name, readCarts(carts)), rowMode: 'array' }
}

function changes(name: string, text: string): Statement {
  return { name, text, kind: 'change' }
}

export const CREATE_CART = changes(
  'create_cart',
  'select outcome from create_cart($1, $2, $3, $4, $5, $6)',
)

/** Carts that are not returned existed before. Ordered, so that batches do not deadlock. */
export const CREATE_CARTS = changes(
  'create_carts',
  `insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour, currency, minor_digits)
   select cart_id, customer_id, now, now, expires_at, expires_at / 3600000, currency, minor_digits
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::smallint[])
          as new (cart_id, customer_id, now, expires_at, currency, minor_digits)
    order by cart_id
   on conflict (cart_id) do nothing returning cart_id`,
)

export const GET_CARTS = readsCarts(
  'get_carts',
  `select * from carts where cart_id = any ($1) and status <> 'deleted'`,
)

export const GET_OWNERS = reads(
  'get_owners',
  'select cart_id, customer_id, expires_at from carts where cart_id = any ($1)',
)

/** Any change of a cart; its parameters are `changeValues`. */
export const CHANGE_CART = changes(
  'change_cart',
  `select outcome, new_version, exceeding
   from change_cart($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
     $21, $22, $23, $24)`,
)

/** The joint statement of adds; its parameters are `batchValues`. */
export const ADD_BATCH = changes(
  'add_batch',
  `select changed_cart_id, new_version from add_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
     $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
)

export const LIST_CARTS = readsCarts(
  'list_carts',
  `select * from carts
   where customer_id = $1 and (created_at, cart_id) < ($2, $3)
     and status in ('active', 'checked_out') and (expires_at is null or expires_at > $4)
   order by created_at desc, cart_id desc limit $5`,
)

export const GET_ORDER = readsCarts(
  'get_order',
  'select * from carts where cart_id = $1 and ordered_at is not null',
)

export const LIST_ORDERS = readsCarts(
  'list_orders',
  `select * from carts
   where customer_id = $1 and ordered_at is not null and (ordered_at, cart_id) < ($2, $3)
   order by ordered_at desc, cart_id desc limit $4`,
)

/**
 * How long the database's clock must have called a cart expired before the cart is removed. Longer than a step by which
 * time servers correct a clock, so that no such step removes a live cart.
 */
export const SWEEP_MARGIN_MS = 60_000

/**
 * Locks a row and checks it again before removing it, so that a cart that is being changed, or whose expiry was extended a
 * moment ago, stays. Lines, keys and merges are removed with their cart. An array of ids is always looked up in the index; a
 * join with them may scan the whole table.
 */
const SWEPT = `least($1::bigint, database_now() - ${SWEEP_MARGIN_MS})`

export const SWEEP_EXPIRED = changes(
  'sweep_expired',
  `with expired as materialized (
     select cart_id from carts
     where ordered_at is null and expires_hour <= ${SWEPT} / 3600000 and expires_at <= ${SWEPT}
     order by expires_hour limit $2 for update skip locked
   ), swept as (
     delete from carts where cart_id = any (array(select cart_id from expired)) returning cart_id
   )
   select count(*) as swept from swept`,
)

/** Fails with undefined_table when the schema is missing. `now` is exact to the millisecond. */
export const PING = reads(
  'ping',
  `select exists (select from carts), floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`,
)
