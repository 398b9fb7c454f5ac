import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { type Cart, type CartStatus, compareLines, countUnits, type Line } from '../../cart/cart.ts'
import { type EntityId, idFromKey, idKey } from '../../cart/ids.ts'

/**
 * A cart as one item.
 *
 *     cart_id S, customer_id S, status S, version N, units N,
 *     created_at N, updated_at N, ordered_at N   milliseconds
 *     expires_at N                               seconds, as TTL wants it
 *     order_key S                                only on orders: sorts the index of orders
 *     qty      { p<product>: N }                units
 *     line     { p<product>: { n, p, t } }      name, price, time added: written once
 *     changed  { p<product>: N }                time of the last change
 *
 * Three flat maps in place of one map of lines, because an update expression cannot both make a nested
 * map and add to a number inside it: this way a line is made or increased by one and the same update.
 * Attribute names are spelled out, since they count only once per item (77 bytes more than single
 * letters); the names inside a line, which count per line, are single letters.
 */
export type Item = Record<string, AttributeValue>

/**
 * The key of a product inside the maps. The prefix keeps a product called `__proto__` from being taken
 * for a prototype by whatever rebuilds the map as an object: today's SDK takes care, not every tool does.
 */
export function productKey(productId: EntityId): string {
  return `p${idKey(productId)}`
}

/** The item that holds `cart`. */
export function itemOf(cart: Cart): Item {
  return {
    cart_id: { S: cart.cartId },
    customer_id: { S: idKey(cart.customerId) },
    status: { S: cart.status },
    version: number(cart.version),
    created_at: number(cart.createdAt),
    updated_at: number(cart.updatedAt),
    ...linesOf(cart.lines),
    ...(cart.expiresAt !== null && { expires_at: number(cart.expiresAt / 1000) }),
    ...(cart.orderedAt !== null && {
      ordered_at: number(cart.orderedAt),
      order_key: { S: orderKey({ orderedAt: cart.orderedAt, cartId: cart.cartId }) },
    }),
  }
}

/** The attributes that hold a cart's lines, all of them. */
export function linesOf(
  lines: readonly Line[],
): Record<'qty' | 'line' | 'changed' | 'units', AttributeValue> {
  return {
    qty: mapOf(lines, (line) => number(line.quantity)),
    line: mapOf(lines, (line) => fixedPart(line)),
    changed: mapOf(lines, (line) => number(line.updatedAt)),
    units: number(countUnits(lines)),
  }
}

/** The part of a line that never changes. */
export function fixedPart(line: Pick<Line, 'productName' | 'unitPrice' | 'createdAt'>) {
  return {
    M: { n: { S: line.productName }, p: number(line.unitPrice), t: number(line.createdAt) },
  }
}

/** Sorts orders by time, then cart id. Padded to the 16 digits of the largest safe integer. */
export function orderKey(order: { readonly orderedAt: number; readonly cartId: string }): string {
  return `${String(order.orderedAt).padStart(16, '0')}#${order.cartId}`
}

/** The cart that `item` holds. */
export function cartOf(item: Item): Cart {
  return {
    cartId: textIn(item, 'cart_id'),
    customerId: idFromKey(textIn(item, 'customer_id')),
    status: textIn(item, 'status') as CartStatus,
    version: numberIn(item, 'version'),
    lines: linesIn(item),
    createdAt: numberIn(item, 'created_at'),
    updatedAt: numberIn(item, 'updated_at'),
    expiresAt: item.expires_at === undefined ? null : numberIn(item, 'expires_at') * 1000,
    orderedAt: item.ordered_at === undefined ? null : numberIn(item, 'ordered_at'),
  }
}

export function number(value: number): AttributeValue.NMember {
  return { N: String(value) }
}

export function textIn(item: Item, name: string): string {
  return present(item[name]?.S, name)
}

export function numberIn(item: Item, name: string): number {
  return Number(present(item[name]?.N, name))
}

function linesIn(item: Item): Line[] {
  const [fixed, changed] = [mapIn(item, 'line'), mapIn(item, 'changed')]
  return Object.entries(mapIn(item, 'qty'))
    .map(([key, quantity]): Line => {
      const line = mapIn(fixed, key)
      return {
        productId: idFromKey(key.slice(productKey('').length)),
        productName: textIn(line, 'n'),
        unitPrice: numberIn(line, 'p'),
        quantity: Number(present(quantity.N, key)),
        createdAt: numberIn(line, 't'),
        updatedAt: numberIn(changed, key),
      }
    })
    .sort(compareLines)
}

function mapIn(item: Item, name: string): Item {
  return present(item[name]?.M, name)
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The cart's item has no usable "${name}"`)
  return value
}

function mapOf(lines: readonly Line[], value: (line: Line) => AttributeValue): AttributeValue {
  return { M: Object.fromEntries(lines.map((line) => [productKey(line.productId), value(line)])) }
}
