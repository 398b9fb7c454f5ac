import { type CartStatus, compareLines, countUnits } from '../../cart/cart.ts'
import { idFromKey, idKey } from '../../cart/ids.ts'
import { lineFromKey, lineKey } from '../../cart/line-key.ts'
import type { CartState } from '../../cart/rules.ts'
import { documentOf } from './document.ts'

/**
 * A whole cart as the rows of its tables, in either layout (in the document layout, `cart_lines` is a view), which PostgreSQL reads and writes by the names of the columns (`to_jsonb`,
 * `jsonb_populate_record`). Only moves use this: no other call needs everything of a cart.
 */
export interface CartRows {
  readonly cart: {
    readonly cart_id: string
    readonly customer_id: string
    readonly status: CartStatus | 'deleted'
    readonly version: number
    readonly units: number
    readonly line_count: number
    readonly created_at: number
    readonly updated_at: number
    readonly expires_at: number | null
    readonly expires_hour: number
    readonly ordered_at: number | null
    readonly merged_into: string | null
    readonly currency: string
    readonly minor_digits: number
    /** Only in the document layout; PostgreSQL ignores what is no column. */
    readonly line_keys?: readonly string[] | null
    readonly line_names?: readonly string[] | null
    readonly line_numbers?: readonly number[] | null
  }
  readonly lines: readonly {
    readonly cart_id: string
    readonly product_id: string
    readonly product_name: string
    readonly unit_price: number
    readonly quantity: number
    readonly created_at: number
    readonly updated_at: number
  }[]
  readonly keys: readonly {
    readonly cart_id: string
    readonly key_id: string
    readonly fingerprint: string
    readonly version: number
    readonly at: number
  }[]
  readonly merges: readonly { readonly cart_id: string; readonly from_cart_id: string }[]
}

const HOUR_MS = 3_600_000

export function rowsOf(state: CartState): CartRows {
  const cart_id = state.cartId
  const document = documentOf(state.lines)
  return {
    cart: {
      cart_id,
      customer_id: idKey(state.customerId),
      status: state.deleted ? 'deleted' : state.status,
      version: state.version,
      units: countUnits(state.lines),
      line_count: state.lines.length,
      created_at: state.createdAt,
      updated_at: state.updatedAt,
      expires_at: state.expiresAt,
      expires_hour: Math.floor((state.expiresAt ?? 0) / HOUR_MS),
      ordered_at: state.orderedAt,
      merged_into: state.mergedInto,
      currency: state.currency.code,
      minor_digits: state.currency.digits,
      line_keys: document.keys,
      line_names: document.names,
      line_numbers: document.numbers,
    },
    lines: state.lines.map((line) => ({
      cart_id,
      product_id: lineKey(line),
      product_name: line.productName,
      unit_price: line.unitPrice,
      quantity: line.quantity,
      created_at: line.createdAt,
      updated_at: line.updatedAt,
    })),
    keys: state.keys.map(({ id, ...key }) => ({ cart_id, key_id: id, ...key })),
    merges: state.absorbed.map((from_cart_id) => ({ cart_id, from_cart_id })),
  }
}

/** The inverse of `rowsOf`. */
export function stateOfRows({ cart, lines, keys, merges }: CartRows): CartState {
  const deleted = cart.status === 'deleted'
  return {
    cartId: cart.cart_id,
    customerId: idFromKey(cart.customer_id),
    currency: { code: cart.currency, digits: cart.minor_digits },
    status: cart.status === 'deleted' ? 'active' : cart.status,
    version: cart.version,
    lines: lines
      .map((line) => ({
        ...lineFromKey(line.product_id),
        productName: line.product_name,
        unitPrice: line.unit_price,
        quantity: line.quantity,
        createdAt: line.created_at,
        updatedAt: line.updated_at,
      }))
      .sort(compareLines),
    createdAt: cart.created_at,
    updatedAt: cart.updated_at,
    expiresAt: cart.expires_at,
    orderedAt: cart.ordered_at,
    deleted,
    keys: keys
      .map(({ key_id: id, fingerprint, version, at }) => ({ id, fingerprint, version, at }))
      .sort((a, b) => a.version - b.version),
    mergedInto: cart.merged_into,
    absorbed: merges.map((merge) => merge.from_cart_id).sort(),
  }
}
