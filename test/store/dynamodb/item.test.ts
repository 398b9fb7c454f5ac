import { describe, expect, it } from 'vitest'
import type { Cart } from '../../../src/cart/cart.ts'
import { checkedOut, withLinesAdded } from '../../../src/cart/rules.ts'
import { cartOf, itemOf, orderKey, productKey } from '../../../src/store/dynamodb/item.ts'
import { line, options, T0 } from '../../contract/fixtures.ts'

const empty: Cart = {
  cartId: '019b7c4e-1d2e-7abc-8def-0123456789ab',
  customerId: 'anna',
  status: 'active',
  version: 1,
  lines: [],
  createdAt: T0,
  updatedAt: T0,
  expiresAt: 1_767_330_000_000,
  orderedAt: null,
}
const full = withLinesAdded(empty, [line(1), line(12), line('__proto__', 3)], options())

describe('a cart as an item', () => {
  it.each([
    ['empty', empty],
    ['with lines', full],
    ['checked out', checkedOut(full, T0 + 1)],
  ])('comes back as it was: %s', (_which, cart) => {
    expect(cartOf(itemOf(cart))).toEqual(cart)
  })

  it('holds its expiry in seconds, as TTL needs it, and an order holds none', () => {
    expect(itemOf(empty).expires_at).toEqual({ N: '1767330000' })
    expect(itemOf(checkedOut(full, T0))).not.toHaveProperty('expires_at')
  })

  it('is in the index of orders only once it is one', () => {
    expect(itemOf(full)).not.toHaveProperty('order_key')
    expect(itemOf(checkedOut(full, T0)).order_key?.S).toBe(`000${T0}#${full.cartId}`)
  })

  it('never has a key that is part of every JavaScript object', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(productKey(name) in {}).toBe(false)
    }
  })

  it('without one of its attributes is a fault, not an empty cart', () => {
    const { qty: _qty, ...broken } = itemOf(full)
    expect(() => cartOf(broken)).toThrow('"qty"')
  })
})

describe('order keys', () => {
  it('sort by time, then by cart', () => {
    const keys = [
      [9, 'b'],
      [10, 'a'],
      [10, 'b'],
      [Number.MAX_SAFE_INTEGER, 'a'],
    ].map(([orderedAt, cartId]) =>
      orderKey({ orderedAt: Number(orderedAt), cartId: String(cartId) }),
    )
    expect(keys.toSorted()).toEqual(keys)
  })
})
