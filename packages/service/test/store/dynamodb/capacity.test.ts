import { describe, expect, it } from 'vitest'
import { attributesText, MAX_ATTRIBUTES_BYTES } from '../../../src/cart/attributes.ts'
import { MAX_KEYS } from '../../../src/cart/idempotency.ts'
import { MAX_ABSORBED } from '../../../src/cart/merge.ts'
import { type CartState, checkedOut } from '../../../src/cart/rules.ts'
import { MAX_NAME_LENGTH } from '../../../src/catalog/product.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { itemOf } from '../../../src/store/dynamodb/item.ts'
import { itemSize, readUnits, writeUnits } from '../../../src/store/dynamodb/item-size.ts'
import { keyed, line, T0 } from '../../contract/fixtures.ts'
import { changed, holding, newState } from './states.ts'

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** A cart with products of the generated catalog: 5-digit ids, names of 24 characters. */
function cartOf(lines: number, keys = 0): CartState {
  const products = range(lines).map((i) => ({
    ...line(54_321 + i, 12, 12_999),
    productName: 'A product of 24 letters.',
  }))
  const cart = lines === 0 ? newState() : { ...holding(newState(), products), version: 1 + lines }
  const made = range(keys).map((i) => ({
    ...(keyed(`key ${i}`).key ?? { id: '', fingerprint: '' }),
    version: 100 + i,
    at: T0,
  }))
  return { ...cart, keys: made }
}

const sizeOf = (cart: CartState) => itemSize(itemOf(cart))

// The figures in docs/design-decisions.md. Update both when the layout changes.
describe('the size of a cart', () => {
  it.each([
    [0, 0, 272, 1, 1],
    [5, 0, 653, 1, 1],
    [5, 1, 710, 1, 1],
    [5, 16, 1579, 2, 1],
    [5, 32, 2505, 3, 1],
    [50, 0, 4073, 4, 1],
    [50, 16, 4999, 5, 2],
    [100, 0, 7874, 8, 2],
    [100, 16, 8800, 9, 3],
  ])(
    'of %i lines and %i keys: %i bytes, %i write units, %i strong read units',
    (lines, keys, bytes, wcu, rcu) => {
      const size = sizeOf(cartOf(lines, keys))
      expect([size, writeUnits(size), readUnits(size)]).toEqual([bytes, wcu, rcu])
    },
  )

  it('grows by 58 bytes per key and 37 per absorbed cart', () => {
    expect(Math.round((sizeOf(cartOf(5, 32)) - sizeOf(cartOf(5))) / 32)).toBe(58)
    const absorbing = (n: number) => ({
      ...cartOf(5),
      absorbed: range(n).map(() => cartOf(0).cartId),
    })
    expect(sizeOf(absorbing(5)) - sizeOf(absorbing(1))).toBe(4 * 37)
  })

  it('grows by 83 bytes per line with a size: the attributes, and a digest of them in three maps', () => {
    const sized = cartOf(5).lines.map((each) => ({ ...each, attributes: { size: 'M' } }))
    expect((sizeOf({ ...cartOf(5), lines: sized }) - sizeOf(cartOf(5))) / 5).toBe(83)
  })

  it('grows by 69 bytes at checkout', () => {
    expect(sizeOf(changed(cartOf(5), checkedOut)) - sizeOf(cartOf(5))).toBe(69)
  })

  it('leaves index entries at one unit', () => {
    const { cart_id, customer_id, cart_key, order_key } = itemOf(changed(cartOf(5), checkedOut))
    for (const key of [{ cart_key }, { order_key }]) {
      const entry = Object.entries({ cart_id, customer_id, ...key }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      )
      expect(entry).toHaveLength(3)
      expect(writeUnits(itemSize(Object.fromEntries(entry)))).toBe(1)
    }
  })
})

describe('the largest cart that the settings allow', () => {
  /** Characters of four bytes each. */
  const widest = (text: string, length: number) => `${text}${'😀'.repeat(length - text.length)}`
  const maxLines = 200

  it('is the cart of this test', () => {
    expect(() => loadConfig({ CART_MAX_LINES: String(maxLines + 1) })).toThrow('CART_MAX_LINES')
  })

  it('stays within the 400 KB of an item, including everything recorded beside its lines', () => {
    const attributes = { n: 'x'.repeat(MAX_ATTRIBUTES_BYTES - '{"n":""}'.length) }
    const lines = range(maxLines).map((i) => ({
      ...line(widest(String(1000 + i), 64), 1_000_000, Number.MAX_SAFE_INTEGER),
      productName: widest('', MAX_NAME_LENGTH),
      attributes,
    }))
    expect(Buffer.byteLength(attributesText(attributes))).toBe(MAX_ATTRIBUTES_BYTES)
    const cart = holding(newState(widest('c', 64)), lines)
    const key = { id: 'k'.repeat(22), fingerprint: 'f'.repeat(22), version: 2 ** 50 + 1, at: T0 }
    const full: CartState = {
      ...cart,
      version: Number.MAX_SAFE_INTEGER,
      keys: range(MAX_KEYS).map((i) => ({ ...key, id: String(i).padEnd(22, 'k') })),
      absorbed: range(MAX_ABSORBED).map(() => cart.cartId),
    }
    const pending = {
      ...itemOf(changed(full, checkedOut)),
      expires_at: { N: '9999999999' },
      merge_fence: { N: String(Number.MAX_SAFE_INTEGER) },
      thaws: { N: String(Number.MAX_SAFE_INTEGER) },
      before_freeze: { M: { updated_at: { N: String(T0) }, expires_at: { N: '9999999999' } } },
      merged_into: { S: cart.cartId },
      merge_term: { S: `${T0}.${Number.MAX_SAFE_INTEGER}` },
    }
    const size = itemSize(pending)
    expect(size).toBeGreaterThan(300 * 1024)
    expect(size).toBeLessThan(400 * 1024)
  })
})
