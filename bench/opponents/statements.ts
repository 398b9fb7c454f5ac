import {
  CARTS,
  EXPIRES_AT,
  ID_BASE,
  ID_START,
  LINES,
  MADE_AT,
  productName,
  UNIT_PRICE,
} from '../carts.ts'
import type { Statement } from './statement.ts'

/**
 * The opponents: the work of each endpoint on the service's tables as one statement. If neither of two ways to write it
 * is always faster, both are tried. bench/README.md says what they omit, always in their favour.
 */

/** The parameter is an integer, because pgbench has no other type; turning it into a UUID takes less than 1 us. */
const CART_ID = `('${ID_START}' || :cart)::uuid`
const NOW = MADE_AT + 1

/** Numbers of the first and last cart to draw from. */
type Carts = readonly [number, number]

const ALL: Carts = [1, CARTS]

function cartsBetween([first, last]: Carts): readonly [number, number] {
  return [ID_BASE + first, ID_BASE + last]
}

const CART_COLUMNS = `cart.cart_id, cart.customer_id, cart.status, cart.version, cart.created_at,
  cart.updated_at, cart.expires_at`
const VISIBLE = `cart.cart_id = ${CART_ID} and cart.status <> 'deleted'
  and (cart.expires_at is null or cart.expires_at > :now)`

/** A row per line, or one row with its lines as JSON. */
export function getStatements(carts = ALL): readonly [Statement, Statement] {
  const common = { drawn: { cart: cartsBetween(carts) }, fixed: { now: NOW } }
  return [
    {
      name: 'get-rows',
      sql: `
        select ${CART_COLUMNS}, line.product_id, line.product_name, line.unit_price, line.quantity,
               line.created_at, line.updated_at
          from carts as cart left join cart_lines as line using (cart_id)
         where ${VISIBLE}`,
      ...common,
    },
    {
      name: 'get-json',
      sql: `
        select ${CART_COLUMNS}, (
            select json_agg(json_build_array(line.product_id, line.product_name, line.unit_price,
                                             line.quantity, line.created_at, line.updated_at))
              from cart_lines as line where line.cart_id = cart.cart_id)
          from carts as cart
         where ${VISIBLE}`,
      ...common,
    },
  ]
}

const ONTO_LINE = `on conflict (cart_id, product_id) do update
  set quantity = line.quantity + excluded.quantity, updated_at = excluded.updated_at`
const LINE_COLUMNS =
  'cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at'
const NEW_TIMES = 'updated_at = :now, expires_at = :expires, expires_hour = :hour'
const ACTIVE = `cart_id = ${CART_ID} and status = 'active' and expires_at > :now`

/** The line first, which shows whether it is new; or the cart first, which looks that up. */
export function addStatements(carts = ALL): readonly [Statement, Statement] {
  const common = {
    drawn: { cart: cartsBetween(carts), product: [1, LINES] },
    fixed: { now: NOW, expires: EXPIRES_AT, hour: EXPIRES_AT / 3_600_000 },
  } as const
  const values = `:product, '${productName('')}', ${UNIT_PRICE}, 1, :now, :now`
  return [
    {
      name: 'add-line-first',
      sql: `
        with line as (
          insert into cart_lines as line (${LINE_COLUMNS}) values (${CART_ID}, ${values})
          ${ONTO_LINE}
          returning (xmax = 0)::int as new
        )
        update carts
           set version = version + 1, units = units + 1, line_count = line_count + line.new, ${NEW_TIMES}
          from line
         where ${ACTIVE}
        returning version`,
      ...common,
    },
    {
      name: 'add-cart-first',
      sql: `
        with cart as (
          update carts
             set version = version + 1, units = units + 1, ${NEW_TIMES},
                 line_count = line_count + (not exists (
                   select from cart_lines where cart_id = ${CART_ID} and product_id = :product))::int
           where ${ACTIVE}
          returning cart_id, version
        ), written as (
          insert into cart_lines as line (${LINE_COLUMNS}) select cart_id, ${values} from cart
          ${ONTO_LINE}
        )
        select version from cart`,
      ...common,
    },
  ]
}

export function createStatement(): Statement {
  return {
    name: 'create',
    sql: `
      insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour)
        values (uuidv7(), :customer, :now, :now, :expires, :hour)`,
    drawn: { customer: [1, 100_000] },
    fixed: { now: NOW, expires: EXPIRES_AT, hour: EXPIRES_AT / 3_600_000 },
  }
}

/** The cart as the document layout keeps it. */
export function getDocumentStatement(carts = ALL): Statement {
  return {
    name: 'get-document',
    sql: `
      select ${CART_COLUMNS}, cart.line_keys, cart.line_names, cart.line_numbers
        from carts as cart
       where ${VISIBLE}`,
    drawn: { cart: cartsBetween(carts) },
    fixed: { now: NOW },
  }
}

/** One of the products that the cart has already, in place: all that the best form needs for these carts. */
export function addDocumentStatement(carts = ALL): Statement {
  return {
    name: 'add-document',
    sql: `
      update carts
         set version = version + 1, units = units + 1, ${NEW_TIMES},
             line_numbers[4 * array_position(line_keys, (:product)::text) - 2] =
               line_numbers[4 * array_position(line_keys, (:product)::text) - 2] + 1,
             line_numbers[4 * array_position(line_keys, (:product)::text)] = :now
       where ${ACTIVE}
      returning version`,
    drawn: { cart: cartsBetween(carts), product: [1, LINES] },
    fixed: { now: NOW, expires: EXPIRES_AT, hour: EXPIRES_AT / 3_600_000 },
  }
}
