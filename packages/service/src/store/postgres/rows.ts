import { type Cart, type CartStatus, compareLines, type Line } from '../../cart/cart.ts'
import { idFromKey } from '../../cart/ids.ts'
import { lineFromKey } from '../../cart/line-key.ts'

type CartRow = readonly [
  cartId: string,
  productId: null,
  customerId: string,
  status: CartStatus,
  version: number,
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  orderedAt: number | null,
  currency: string,
  minorDigits: number,
]

type LineRow = readonly [
  cartId: string,
  key: string,
  productName: string,
  none: null,
  unitPrice: number,
  quantity: number,
  createdAt: number,
  updatedAt: number,
  none: null,
  none: null,
  none: null,
]

/** A row of `readCarts`: a cart or a line. */
export type ReadRow = CartRow | LineRow

/**
 * The text of a statement that reads carts and their lines in one snapshot. One row per cart and one per line have half as
 * many values as a join, which repeats the cart with every line. `offset 0` keeps a plan for empty tables from joining the other
 * way round, which reads all lines.
 *
 * @param carts a query for complete rows of `carts`
 */
export function readCarts(carts: string): string {
  return `with cart as materialized (${carts})
    select cart_id, null as product_id, customer_id, status, version, created_at, updated_at, expires_at, ordered_at,
           currency, minor_digits
      from cart
    union all
    select cart.cart_id, product_id, product_name, null, unit_price, quantity, line.created_at, line.updated_at,
           null, null, null
      from cart cross join lateral (select * from cart_lines where cart_id = cart.cart_id offset 0) as line`
}

/** The carts of `rows` by id, in no particular order, because SQL guarantees none. */
export function cartsOf(rows: readonly ReadRow[]): Map<string, Cart> {
  const linesOf = new Map<string, Line[]>()
  const carts = new Map<string, Cart>()
  for (const row of rows) {
    const lines = linesOf.get(row[0]) ?? []
    linesOf.set(row[0], lines)
    if (row[1] === null) carts.set(row[0], cartOf(row, lines))
    else lines.push(lineOf(row))
  }
  for (const lines of linesOf.values()) lines.sort(compareLines)
  return carts
}

function cartOf(row: CartRow, lines: Line[]): Cart {
  return {
    cartId: row[0],
    customerId: idFromKey(row[2]),
    currency: { code: row[9], digits: row[10] },
    status: row[3],
    version: row[4],
    lines,
    createdAt: row[5],
    updatedAt: row[6],
    expiresAt: row[7],
    orderedAt: row[8],
  }
}

function lineOf(row: LineRow): Line {
  return {
    ...lineFromKey(row[1]),
    productName: row[2],
    unitPrice: row[4],
    quantity: row[5],
    createdAt: row[6],
    updatedAt: row[7],
  }
}
