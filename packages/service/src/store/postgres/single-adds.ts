import type { Statement } from './database.ts'

/**
 * The usual batch of adds, in which each cart gets one line and no add has a key, as one statement. The functions `add_batch` and
 * `add_documents`, which make every batch, take several statements with parts for keys and for several lines, all of which
 * PostgreSQL starts anew for each call.
 *
 * `locked` locks the carts as the functions do: in the order of their ids, so that nobody waits for each other, and without those
 * that others have locked, whose adds are made later. The parameters are `singleValues`.
 *
 * A connection keeps its plan, which may be one for empty tables: with plain joins it would join from the side of the table, and
 * read all carts. Nothing joins around a lateral sub-select that locks or has an `offset`, and `place` is where the row is.
 */
const LOCKED = `locked as materialized (
  select added.*, cart.*
    from (select * from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::smallint[],
                               $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[])
            as added (cart_id, adds, now, expires_at, currency, minor_digits, key, name, unit_price, quantity, created_at)
           order by cart_id) as added
   cross join lateral (
         select version, ctid as place from carts
          where cart_id = added.cart_id and status = 'active' and expires_at > least($1, database_now())
            and currency = added.currency and minor_digits = added.minor_digits
            for no key update skip locked) as cart
)`

const MAX_LINE_QUANTITY = '$13'
const MAX_LINES = '$14'
const MAX_UNITS = '$15'

/** What a cart gets besides its lines. */
const CART_CHANGES = `version = cart.version + added.adds, units = cart.units + added.quantity, updated_at = added.now,
       expires_at = greatest(cart.expires_at, added.expires_at),
       expires_hour = greatest(cart.expires_at, added.expires_at) / 3600000`

const RETURNED = 'cart.cart_id as changed_cart_id, cart.version as new_version'

/**
 * In the rows layout. A row that is locked is the newest; everything else is read as of the begin of the statement. So a cart that
 * was changed in between, as its version shows, is left to another statement, since its lines may not be those that are seen.
 */
export const ADD_LINES: Statement = {
  name: 'add_lines',
  kind: 'change',
  text: `with ${LOCKED}, added as materialized (
  select locked.*, (present.quantity is null)::integer as new_lines
    from locked
   cross join lateral (
         select line_count, units from carts
          where cart_id = locked.cart_id and version = locked.version offset 0) as seen
    left join lateral (
         select quantity from cart_lines where cart_id = locked.cart_id and product_id = locked.key offset 0) as present on true
   where coalesce(present.quantity, 0) + locked.quantity <= ${MAX_LINE_QUANTITY}
     and seen.line_count + (present.quantity is null)::integer <= ${MAX_LINES}
     and seen.units + locked.quantity <= ${MAX_UNITS}
), written as (
  insert into cart_lines as line (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
    select cart_id, key, name, unit_price, quantity, created_at, now from added
  on conflict (cart_id, product_id) do update
    set quantity = line.quantity + excluded.quantity, updated_at = excluded.updated_at
)
update carts as cart
   set ${CART_CHANGES}, line_count = cart.line_count + added.new_lines
  from added
 where cart.ctid = added.place
returning ${RETURNED}`,
}

/** The place of the added line in the document, or NULL. */
const PLACE = 'array_position(cart.line_keys, added.key)'
const QUANTITY = `coalesce(cart.line_numbers[4 * ${PLACE} - 2], 0) + added.quantity`

/**
 * In the document layout. All of it reads the row that it changes. A cart that was changed between the begin of the statement and
 * the lock is at a place that the statement does not see, and is left to another statement.
 */
export const ADD_TO_DOCUMENTS: Statement = {
  name: 'add_to_documents',
  kind: 'change',
  text: `with ${LOCKED}
update carts as cart
   set ${CART_CHANGES},
       line_count = cart.line_count + (${PLACE} is null)::integer,
       line_keys = case when ${PLACE} is null then cart.line_keys || added.key else cart.line_keys end,
       line_names = case when ${PLACE} is null then cart.line_names || added.name else cart.line_names end,
       line_numbers[coalesce(4 * ${PLACE} - 3, 4 * cart.line_count + 1)
                    : coalesce(4 * ${PLACE}, 4 * cart.line_count + 4)] = array[
         coalesce(cart.line_numbers[4 * ${PLACE} - 3], added.unit_price),
         ${QUANTITY},
         coalesce(cart.line_numbers[4 * ${PLACE} - 1], added.created_at),
         added.now]
  from locked as added
 where cart.ctid = added.place and ${QUANTITY} <= ${MAX_LINE_QUANTITY}
   and cart.line_count + (${PLACE} is null)::integer <= ${MAX_LINES} and cart.units + added.quantity <= ${MAX_UNITS}
returning ${RETURNED}`,
}
