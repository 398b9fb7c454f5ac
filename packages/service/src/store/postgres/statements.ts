import type { Statement } from './database.ts'
import { type LineTexts, readJoined } from './joined-carts.ts'

/**
 * All SQL statements of the store. Times are parameters. The database's clock only decides that a cart has not expired yet,
 * whatever the caller's clock says: `database_now()` in `migrations/0006_currency_and_clock.sql`.
 */

function reads(name: string, text: string): Statement {
  return { name, text, kind: 'read' }
}

/** The statements that read carts with their lines. */
export interface CartReads {
  readonly getCarts: Statement
  readonly listCarts: Statement
  readonly listCartsOfStatus: Statement
  readonly getOrder: Statement
  readonly listOrders: Statement
}

/** @param readCarts the text that reads carts with their lines, given a query for complete rows of `carts` */
export function cartReads(readCarts: (carts: string) => string): CartReads {
  const statement = (name: string, carts: string): Statement => ({
    ...reads(name, readCarts(carts)),
    // Cheaper than objects.
    rowMode: 'array',
  })
  return {
    getCarts: statement('get_carts', VISIBLE_CARTS),
    listCarts: statement(
      'list_carts',
      `(${listed(`status = 'active' and expires_at > $4`)}) union all (${listed(`status = 'checked_out'`)})
       order by created_at desc, cart_id desc limit $5`,
    ),
    listCartsOfStatus: statement(
      'list_carts_of_status',
      listed('status = $6::cart_status and (expires_at is null or expires_at > $4)'),
    ),
    getOrder: statement(
      'get_order',
      'select * from carts where cart_id = $1 and ordered_at is not null',
    ),
    listOrders: statement(
      'list_orders',
      `select * from carts
       where customer_id = $1 and ordered_at is not null and (ordered_at, cart_id) < ($2, $3)
       order by ordered_at desc, cart_id desc limit $4`,
    ),
  }
}

const VISIBLE_CARTS = `select * from carts where cart_id = any ($1) and status <> 'deleted'`

/** Reads the same carts as `getCarts`, as `readJoined` does. `more` completes `from` with what `lines` needs. */
export function joinedReads(lines: LineTexts, more = ''): Statement {
  const text = readJoined(`(${VISIBLE_CARTS}) as cart ${more}`, lines)
  return { ...reads('get_joined_carts', text), rowMode: 'array' }
}

/** A page of a customer's carts: a range of the index `carts_of_customer`. */
function listed(which: string): string {
  return `select * from carts where customer_id = $1 and ${which} and (created_at, cart_id) < ($2, $3)
    order by created_at desc, cart_id desc limit $5`
}

function changes(name: string, text: string): Statement {
  return { name, text, kind: 'change' }
}

/** The active cart of a customer, created if there is none. */
export const ACTIVE_CART = changes(
  'active_cart',
  'select active_cart_id, active_version, made from active_cart($1, $2, $3, $4, $5, $6)',
)

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

/** The joint statement of adds in the rows layout; its parameters are `batchValues`. */
export const ADD_BATCH = addsBy('add_batch')

/** The same in the document layout. */
export const ADD_DOCUMENTS = addsBy('add_documents')

function addsBy(name: string): Statement {
  return changes(
    name,
    `select changed_cart_id, new_version from ${name}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
     $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
  )
}

/**
 * Everything that is kept of carts in the document layout, and by when a cart or a key counts as expired. Keys only if the third
 * parameter is true, merges only if the fourth is.
 */
export const READ_DOCUMENTS: Statement = {
  ...reads(
    'read_documents',
    `select cart_id, customer_id, status, version, created_at, updated_at, expires_at, ordered_at, currency, minor_digits,
            line_keys::text, line_names::text, line_numbers::text, merged_into,
            case when $3 then (
              select json_agg(json_build_array(key_id, fingerprint, version, at))
                from cart_keys where cart_keys.cart_id = carts.cart_id) end,
            case when $4 then (
              select json_agg(from_cart_id) from cart_merges where cart_merges.cart_id = carts.cart_id) end,
            least($2, database_now())
       from carts where cart_id = any ($1)`,
  ),
  rowMode: 'array',
}

/** In the order of their ids, as every statement that locks several carts. */
export const LOCK_CARTS = reads(
  'lock_carts',
  'select cart_id from carts where cart_id = any ($1) order by cart_id for no key update',
)

/** Writes a document that has not changed since it was read; its parameters are `documentValues`. */
export const WRITE_DOCUMENT = changes(
  'write_document',
  `select write_document($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
     $20, $21) as written`,
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
