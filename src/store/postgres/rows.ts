import { type Cart, type CartStatus, compareLines, type Line } from '../../cart/cart.ts'
import { idFromKey } from '../../cart/ids.ts'

/**
 * A cart joined to one of its lines: how every read comes back, so that the cart and its lines are
 * of one moment. An empty cart has one such row, without a line.
 */
export interface CartRow {
  readonly cart_id: string
  readonly customer_id: string
  readonly status: CartStatus
  readonly version: number
  readonly created_at: number
  readonly updated_at: number
  readonly expires_at: number | null
  readonly ordered_at: number | null
  readonly product_id: string | null
  readonly product_name: string
  readonly unit_price: number
  readonly quantity: number
  readonly line_created_at: number
  readonly line_updated_at: number
}

/** The columns of a `CartRow`, from a table or subquery `cart` and `cart_lines as line`. */
export const CART_ROW = `
  cart.cart_id, cart.customer_id, cart.status, cart.version,
  cart.created_at, cart.updated_at, cart.expires_at, cart.ordered_at,
  line.product_id, line.product_name, line.unit_price, line.quantity,
  line.created_at as line_created_at, line.updated_at as line_updated_at`

/** The carts of `rows`, in the order in which they first appear. */
export function cartsOf(rows: readonly CartRow[]): Cart[] {
  const linesOf = new Map<string, Line[]>()
  const carts: Cart[] = []
  for (const row of rows) {
    let lines = linesOf.get(row.cart_id)
    if (lines === undefined) {
      lines = []
      linesOf.set(row.cart_id, lines)
      carts.push(cartOf(row, lines))
    }
    if (row.product_id !== null) lines.push(lineOf(row, row.product_id))
  }
  for (const lines of linesOf.values()) lines.sort(compareLines)
  return carts
}

function cartOf(row: CartRow, lines: Line[]): Cart {
  return {
    cartId: row.cart_id,
    customerId: idFromKey(row.customer_id),
    status: row.status,
    version: row.version,
    lines,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    orderedAt: row.ordered_at,
  }
}

function lineOf(row: CartRow, productKey: string): Line {
  return {
    productId: idFromKey(productKey),
    productName: row.product_name,
    unitPrice: row.unit_price,
    quantity: row.quantity,
    createdAt: row.line_created_at,
    updatedAt: row.line_updated_at,
  }
}
