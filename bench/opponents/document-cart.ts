/** A cart as a DocumentClient returns it: plain values. */
export interface CartItem {
  readonly cart_id: string
  readonly customer_id: string
  readonly cart_key: string
  readonly status: string
  readonly version: number
  readonly units: number
  readonly created_at: number
  readonly updated_at: number
  /** Seconds. */
  readonly expires_at: number
  readonly qty: Readonly<Record<string, number>>
  readonly line: Readonly<
    Record<string, { readonly n: string; readonly p: number; readonly t: number }>
  >
  readonly changed: Readonly<Record<string, number>>
}

/** As in the catalog file. */
export interface Product {
  readonly product_id: number
  readonly name: string
  readonly price: number
}

export function newCart(cartId: string, customerId: string, now: number): CartItem {
  return {
    cart_id: cartId,
    customer_id: customerId,
    cart_key: `${String(now).padStart(16, '0')}#${cartId}`,
    status: 'active',
    version: 1,
    units: 0,
    created_at: now,
    updated_at: now,
    expires_at: Math.ceil(now / 1000) + 604_800,
    qty: {},
    line: {},
    changed: {},
  }
}

/** The response to a get, with the fields of the service's response. */
export function cartJson(item: CartItem) {
  const items = Object.entries(item.line).map(([key, line]) => ({
    product_id: Number(key.slice(1)),
    product_name: line.n,
    product_price: line.p / 100,
    quantity: item.qty[key] ?? 0,
    created_at: new Date(line.t).toISOString(),
    updated_at: new Date(item.changed[key] ?? line.t).toISOString(),
  }))
  const cents = Object.entries(item.line).reduce(
    (sum, [key, { p }]) => sum + p * (item.qty[key] ?? 0),
    0,
  )
  return {
    shopping_cart_id: item.cart_id,
    customer_id: Number(item.customer_id),
    status: item.status,
    version: item.version,
    items,
    item_count: item.units,
    total_amount: cents / 100,
    currency: 'USD',
    created_at: new Date(item.created_at).toISOString(),
    updated_at: new Date(item.updated_at).toISOString(),
    expires_at: new Date(item.expires_at * 1000).toISOString(),
  }
}

const text = { type: 'string' } as const
const integer = { type: 'integer' } as const
const number = { type: 'number' } as const
const LINE = {
  type: 'object',
  properties: {
    product_id: integer,
    product_name: text,
    product_price: number,
    quantity: integer,
    created_at: text,
    updated_at: text,
  },
} as const

/** JSON schema of the response, from which Fastify compiles a serializer. */
export const CART = {
  type: 'object',
  properties: {
    shopping_cart_id: text,
    customer_id: integer,
    status: text,
    version: integer,
    items: { type: 'array', items: LINE },
    item_count: integer,
    total_amount: number,
    currency: text,
    created_at: text,
    updated_at: text,
    expires_at: text,
  },
} as const
