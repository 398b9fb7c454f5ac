import { describe, expect, it } from 'vitest'
import { type Cart, expiryOf } from '../../../src/cart/cart.ts'
import { checkedOut, withLinesAdded } from '../../../src/cart/rules.ts'
import { itemOf, orderKey } from '../../../src/store/dynamodb/item.ts'
import { line, options, T0 } from '../../contract/fixtures.ts'
import { itemSize, readUnits, writeUnits } from './item-size.ts'

/** A cart as the generated catalog makes them: 5-digit products, names of 24 characters. */
function cartOf(lines: number): Cart {
  const empty: Cart = {
    cartId: '019b7c4e-1d2e-7abc-8def-0123456789ab',
    customerId: 12_345,
    status: 'active',
    version: 1 + lines,
    lines: [],
    createdAt: T0,
    updatedAt: T0,
    expiresAt: expiryOf(T0, 604_800),
    orderedAt: null,
  }
  const added = Array.from({ length: lines }, (_, i) => ({
    ...line(54_321 + i, 12, 12_999),
    productName: 'A product of 24 letters.',
  }))
  return lines === 0 ? empty : withLinesAdded(empty, added, options(T0, { maxLines: 100 }))
}

const order = (lines: number) => checkedOut(cartOf(lines), T0)

// The figures of docs/design-decisions.md. A change of the layout that moves them has to move both.
describe('the size of a cart', () => {
  it.each([
    [0, 161, 1, 1],
    [5, 542, 1, 1],
    [50, 3962, 4, 1],
    [100, 7763, 8, 2],
  ])('of %i lines: %i bytes, %i write units, %i strong read units', (lines, bytes, wcu, rcu) => {
    const size = itemSize(itemOf(cartOf(lines)))
    expect([size, writeUnits(size), readUnits(size)]).toEqual([bytes, wcu, rcu])
  })

  it('grows at checkout only by what the order needs', () => {
    expect(itemSize(itemOf(order(5)))).toBeLessThan(1024)
    expect(writeUnits(itemSize(itemOf(order(50))))).toBe(4)
  })

  it('leaves index entries at one unit', () => {
    const { cart_id = { S: '' }, customer_id = { S: '' } } = itemOf(cartOf(5))
    const key = { S: orderKey({ orderedAt: T0, cartId: cart_id.S ?? '' }) }
    expect(writeUnits(itemSize({ cart_id, customer_id }))).toBe(1)
    expect(writeUnits(itemSize({ cart_id, customer_id, order_key: key }))).toBe(1)
  })

  it('stays within 400 KB for 100 lines of the longest ids and names of 2,000 bytes', () => {
    const lines = Array.from({ length: 100 }, (_, i) => ({
      ...line(`${i}`.padEnd(64, 'é'), 1_000_000, 99_999_999),
      productName: 'x'.repeat(2_000),
    }))
    const limits = { maxLines: 100, maxLineQuantity: 1e9, maxUnits: 1e9 }
    const cart = withLinesAdded(cartOf(0), lines, options(T0, limits))
    expect(itemSize(itemOf(cart))).toBeLessThan(400 * 1024)
  })
})
