import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cartsOfText } from '../../../src/store/postgres/joined-carts.ts'

const CART = ['id', '7', 'active', '3', '1000', '2000', '3000', '', 'USD', '2']
const LINES = ['5\u001d6', 'Mug\u001dCup', '100,1,1000,1000,200,2,1000,2000']

function textOf(...carts: readonly (readonly string[])[]): string {
  return carts.map((fields) => fields.join('\u001f')).join('\u001e')
}

describe('carts as one text', () => {
  it('are read with their lines', () => {
    const empty = ['other', 'anna', 'checked_out', '1', '1', '1', '', '4', 'JPY', '0', '', '', '']
    const carts = cartsOfText([2, textOf([...CART, ...LINES], empty)])
    expect(carts?.get('id')).toEqual({
      cartId: 'id',
      customerId: 7,
      currency: { code: 'USD', digits: 2 },
      status: 'active',
      version: 3,
      lines: [
        {
          productId: 5,
          productName: 'Mug',
          unitPrice: 100,
          quantity: 1,
          createdAt: 1000,
          updatedAt: 1000,
        },
        {
          productId: 6,
          productName: 'Cup',
          unitPrice: 200,
          quantity: 2,
          createdAt: 1000,
          updatedAt: 2000,
        },
      ],
      createdAt: 1000,
      updatedAt: 2000,
      expiresAt: 3000,
      orderedAt: null,
    })
    expect(carts?.get('other')).toMatchObject({
      customerId: 'anna',
      lines: [],
      expiresAt: null,
      orderedAt: 4,
    })
  })

  it('have their lines in order, by time and then by key', () => {
    const lines = ['9\u001d8\u001d7', 'a\u001db\u001dc', '1,1,2,2,1,1,1,1,1,1,1,1']
    const [cart] = cartsOfText([1, textOf([...CART, ...lines])])?.values() ?? []
    expect(cart?.lines.map(({ productId }) => productId)).toEqual([7, 8, 9])
  })

  it('can be none', () => {
    expect(cartsOfText([0, null])?.size).toBe(0)
  })

  it('are read with the names that they have, or not at all, if names contain separators', () => {
    const separator = fc.constantFrom('\u001d', '\u001e', '\u001f', ',', '7')
    const name = fc.array(separator, { maxLength: 6 }).map((parts) => parts.join(''))
    const names = fc.array(name, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(names, names, (first, second) => {
        const cart = (id: string, given: readonly string[]) => [
          id,
          ...CART.slice(1),
          given.map((_, i) => i + 1).join('\u001d'),
          given.join('\u001d'),
          given.map((_, i) => `100,1,${i},1000`).join(','),
        ]
        const read = cartsOfText([2, textOf(cart('a', first), cart('b', second))])
        if (read === undefined) return
        const namesOf = (id: string) => read.get(id)?.lines.map((line) => line.productName)
        expect([namesOf('a'), namesOf('b')]).toEqual([first, second])
      }),
    )
  })

  it('are read with ids of every form', () => {
    const ids = ['1234567890123456789X', '507199104723611098614395af', '0042', '00', 'a,b', '٣']
    for (const id of ids) {
      const [cart] =
        cartsOfText([1, textOf(['id', id, ...CART.slice(2), id, 'Mug', '1,1,1,1'])])?.values() ?? []
      const expected = /^0\d+$/.test(id) ? id.slice(1) : id
      expect([cart?.customerId, cart?.lines[0]?.productId]).toEqual([expected, expected])
    }
    const line = ['5\n{"size":"M"}\u001d6', 'Mug\u001dCup', '1,1,1,1,2,2,2,2']
    const [cart] = cartsOfText([1, textOf([...CART, ...line])])?.values() ?? []
    expect(cart?.lines).toMatchObject([
      { productId: 5, attributes: { size: 'M' } },
      { productId: 6 },
    ])
  })

  it('are not read, and nothing is thrown, if a name looks like a cart with a damaged key', () => {
    const forged = `Mug\u001f1,1,1,1\u001e${[...CART, '5\n{bad', 'n', '1,1,1,1'].join('\u001f')}`
    const first = [...CART, '5', forged, '1,1,1,1']
    expect(cartsOfText([2, textOf(first, [...CART, ...LINES])])).toBeUndefined()
  })

  it('are read with numbers of every length, and not with other texts in their place', () => {
    const numbers = (text: string) => [...CART, '5', 'Mug', text]
    const lineOf = (text: string) => cartsOfText([1, textOf(numbers(text))])?.get('id')?.lines[0]
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(), (price, time) => {
        expect(lineOf(`${price},1,${time},${price}`)).toMatchObject({
          unitPrice: price,
          createdAt: time,
          updatedAt: price,
        })
      }),
    )
    for (const text of ['1,2,3', '1,2,3,', '1,2,3,4,', '-1,2,3,4', '1.5,2,3,4', '', '1,2,3,4x'])
      expect(lineOf(text)).toBeUndefined()
  })

  it('are not read if a name contains separators, even if it looks like more carts', () => {
    const separators = fc.constantFrom('\u001c', '\u001d', '\u001e', '\u001f')
    const forged = textOf([...CART, ...LINES], [...CART, ...LINES])
    const name = fc.oneof(
      fc.array(fc.oneof(separators, fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
      fc.constant(`Mug\u001dCup\u001f${LINES[2]}\u001e${forged}`),
    )
    fc.assert(
      fc.property(name, (given) => {
        const text = textOf([...CART, '5', given, '100,1,1000,1000'])
        const [cart] = cartsOfText([1, text])?.values() ?? []
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the separators
        if (/[\u001d-\u001f]/.test(given)) expect(cart).toBeUndefined()
        else expect(cart?.lines.map((line) => line.productName)).toEqual([given])
      }),
    )
  })
})
