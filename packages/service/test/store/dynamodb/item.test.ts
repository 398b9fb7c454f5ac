import { describe, expect, it } from 'vitest'
import { checkedOut, deleted } from '../../../src/cart/rules.ts'
import { type Item, without } from '../../../src/store/dynamodb/attributes.ts'
import {
  cartOf,
  itemOf,
  positionKey,
  positionOf,
  stateOf,
  withCart,
} from '../../../src/store/dynamodb/item.ts'
import { mapKey } from '../../../src/store/dynamodb/item-lines.ts'
import { versionUpdate } from '../../../src/store/dynamodb/updates.ts'
import { keyed, line, options, T0 } from '../../contract/fixtures.ts'
import { changed, holding, newState } from './states.ts'

const empty = newState('anna')
const full = holding(empty, [line(1), line(12), line('__proto__', 3)])
const withKeys = ['a', 'b'].reduce((cart, key) => holding(cart, [line(1)], keyed(key)), full)
const merged = { ...full, status: 'merged' as const, mergedInto: 'another cart' }

describe('a cart as an item', () => {
  it.each([
    ['empty', empty],
    ['with lines', full],
    ['with keys', withKeys],
    ['checked out', changed(full, checkedOut, options(T0 + 1))],
    ['deleted', changed(withKeys, deleted)],
    ['merged into another', merged],
    ['that absorbed others', { ...full, absorbed: ['one', 'two'] }],
  ])('is restored from its item: %s', (_which, cart) => {
    expect(stateOf(itemOf(cart))).toEqual(cart)
  })

  it('is returned without the internal state of the store', () => {
    const { deleted: _, keys: __, mergedInto: ___, absorbed: ____, ...cart } = withKeys
    expect(cartOf(itemOf(withKeys))).toEqual(cart)
  })

  it('is returned without lines when merged, even while its item has lines', () => {
    expect(cartOf(itemOf(merged)).lines).toEqual([])
    expect(stateOf(itemOf(merged)).lines).toHaveLength(3)
  })

  it('has its expiry in seconds, as TTL requires; an order has none', () => {
    expect(itemOf(empty).expires_at).toEqual({ N: String((empty.expiresAt ?? 0) / 1000) })
    expect(itemOf(changed(full, checkedOut))).not.toHaveProperty('expires_at')
  })

  it('has a status other than active when deleted', () => {
    expect(itemOf(changed(full, deleted)).status).toEqual({ S: 'deleted' })
  })

  it('is in the index of orders only when it is an order', () => {
    expect(itemOf(full)).not.toHaveProperty('order_key')
    expect(itemOf(changed(full, checkedOut)).order_key?.S).toBe(`000${T0}#${full.cartId}`)
  })

  it('never has a key that is a member of every JavaScript object', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(mapKey({ productId: name }) in {}).toBe(false)
    }
  })

  it('without a required attribute is an error, not an empty cart', () => {
    expect(() => cartOf(without(itemOf(full), 'qty'))).toThrow('"qty"')
    expect(() => stateOf(without(itemOf(withKeys), 'key_info'))).toThrow('"key_info"')
  })
})

describe('an item from before there were keys and merges', () => {
  const old: Item = without(itemOf(full), 'key_version', 'key_info', 'cart_key')

  it('is a cart without any', () => {
    expect(stateOf(old)).toEqual(full)
  })

  it('gets the missing attributes with the first version update', () => {
    const next = holding(stateOf(old), [line(1)], keyed('k'))
    const { set } = versionUpdate(old, withCart(old, next))
    expect(set).toEqual(
      expect.arrayContaining(
        ['key_version', 'key_info', 'cart_key', 'version', 'qty'].map((n) => `#${n} = :${n}`),
      ),
    )
    expect(set).not.toContain('#line = :line')
  })
})

describe('a change of an item', () => {
  it('keeps the attributes that are not part of the cart', () => {
    const item = { ...itemOf(full), merge_fence: { N: '3' } }
    const order = withCart(item, changed(full, checkedOut))
    expect(order.merge_fence).toEqual({ N: '3' })
    expect(versionUpdate(item, order).remove).toEqual(['#expires_at'])
  })
})

describe('positions in lists', () => {
  const places = [
    { at: 9, cartId: 'b' },
    { at: 10, cartId: 'a' },
    { at: 10, cartId: 'b' },
    { at: Number.MAX_SAFE_INTEGER, cartId: 'a' },
  ]

  it('sort by time, then by cart', () => {
    const keys = places.map(positionKey)
    expect(keys.toSorted()).toEqual(keys)
  })

  it('are restored from their keys', () => {
    expect(places.map((place) => positionOf(positionKey(place)))).toEqual(places)
  })
})
