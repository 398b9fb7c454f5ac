import { type Cart, compareLines, isVisible } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { EntityId } from '../../cart/ids.ts'
import { checkedOut, withLinesAdded } from '../../cart/rules.ts'
import type { CartStore, Changed, NewCart, Order, Page, PageRequest } from '../cart-store.ts'
import { cartCursor, orderCursor, parseCartCursor, parseOrderCursor } from '../cursor.ts'

/** The reference store: the rules of `cart/rules.ts` over a map, and the model the others are checked against. */
export function openMemoryStore(): CartStore {
  const carts = new Map<string, Cart>()

  function visible(cartId: string, now: number): Cart {
    const cart = carts.get(cartId)
    if (cart === undefined || !isVisible(cart, now)) throw new CartError('CART_NOT_FOUND')
    return cart
  }

  function change(cartId: string, now: number, rule: (cart: Cart) => Cart): Changed {
    const next = rule(visible(cartId, now))
    carts.set(cartId, { ...next, lines: [...next.lines].sort(compareLines) })
    return { version: next.version }
  }

  function ofCustomer(customerId: EntityId): Cart[] {
    return [...carts.values()].filter((cart) => cart.customerId === customerId)
  }

  return {
    kind: 'memory',
    async createCart(cart: NewCart) {
      carts.set(cart.cartId, emptyCart(cart))
    },
    async getCart(cartId, { now }) {
      return visible(cartId, now)
    },
    async addLines(cartId, lines, options) {
      return change(cartId, options.now, (cart) => withLinesAdded(cart, lines, options))
    },
    async checkout(cartId, { now }) {
      return change(cartId, now, (cart) => checkedOut(cart, now))
    },
    async listCarts(customerId, page) {
      const all = ofCustomer(customerId)
        .filter((cart) => isVisible(cart, page.now))
        .sort((a, b) => descending(a.cartId, b.cartId))
      const after = page.cursor === undefined ? undefined : parseCartCursor(page.cursor)
      const rest = after === undefined ? all : all.filter((cart) => cart.cartId < after)
      return paged(rest, page, (cart) => cartCursor(cart.cartId))
    },
    async getOrder(orderId) {
      const cart = carts.get(orderId)
      if (cart === undefined || !isOrder(cart)) throw new CartError('ORDER_NOT_FOUND')
      return cart
    },
    async listOrders(customerId, page) {
      const all = ofCustomer(customerId).filter(isOrder).sort(latestFirst)
      const after = page.cursor === undefined ? undefined : parseOrderCursor(page.cursor)
      const rest = after === undefined ? all : all.filter((order) => latestFirst(after, order) < 0)
      return paged(rest, page, orderCursor)
    },
    async ping() {},
    async close() {},
  }
}

function emptyCart({ cartId, customerId, now, expiresAt }: NewCart): Cart {
  return {
    cartId,
    customerId,
    status: 'active',
    version: 1,
    lines: [],
    createdAt: now,
    updatedAt: now,
    expiresAt,
    orderedAt: null,
  }
}

function isOrder(cart: Cart): cart is Order {
  return cart.status === 'checked_out'
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0
}

type Position = Pick<Order, 'orderedAt' | 'cartId'>

function latestFirst(a: Position, b: Position): number {
  return b.orderedAt - a.orderedAt || descending(a.cartId, b.cartId)
}

function paged<T>(
  rest: readonly T[],
  { limit }: PageRequest,
  cursorOf: (item: T) => string,
): Page<T> {
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return { items, cursor: last !== undefined && rest.length > limit ? cursorOf(last) : null }
}
