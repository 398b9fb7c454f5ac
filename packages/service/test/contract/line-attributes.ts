import { describe, expect, it } from 'vitest'
import { type Attributes, MAX_ATTRIBUTES_BYTES } from '../../src/cart/attributes.ts'
import type { NewLine } from '../../src/cart/cart.ts'
import { type EntityId, idText } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { codeOf, create, keyed, line, options, strong, T0 } from './fixtures.ts'

const M = { size: 'M' }
const L = { size: 'L' }

/** Lines with attributes: a product with other attributes is another line. */
export function describeLineAttributes(get: () => CartStore): void {
  describe('attributes of lines', () => {
    const cartWith = async (...lines: NewLine[]): Promise<string> => {
      const cartId = await create(get())
      if (lines.length > 0) await get().addLines(cartId, lines, options())
      return cartId
    }
    const content = async (cartId: string) =>
      (await get().getCart(cartId, strong())).lines.map(
        (each) => [each.productId, each.attributes, each.quantity] as const,
      )

    it('separate lines of one product', async () => {
      const cartId = await cartWith(shirt(1, M), shirt(2, L), shirt(3))
      await get().addLines(cartId, [shirt(10, M)], options(T0 + 1))
      await get().addLines(cartId, [shirt(20, L), shirt(30)], options(T0 + 2))
      expect(new Set(await content(cartId))).toEqual(
        new Set([
          ['shirt', M, 11],
          ['shirt', L, 22],
          ['shirt', undefined, 33],
        ]),
      )
      await get().checkout(cartId, options(T0 + 3))
      const order = await get().getOrder(cartId)
      expect(order.lines.map((each) => each.attributes)).toEqual(
        (await get().getCart(cartId, strong())).lines.map((each) => each.attributes),
      )
    })

    it('are the same whatever the order of their names', async () => {
      const cartId = await cartWith(shirt(1, { size: 'M', colour: 'red' }))
      await get().addLines(cartId, [shirt(1, { colour: 'red', size: 'M' })], options(T0 + 1))
      expect(await content(cartId)).toEqual([['shirt', { colour: 'red', size: 'M' }, 2]])
    })

    it.each<[EntityId, Attributes]>([
      [1, { a: '1' }],
      ['01', { a: '1' }],
      ['a\u00a0b', { 'Größe, "weit"': "L'" }],
      ['x', { '10': 'ten', '9': 'nine', a: 'z' }],
      ['x', { note: 'For Anna,\nwith love: \\n {"size":"M"} 🎁' }],
      ['x', { constructor: 'c', toString: 's', '': 'not sent by the service' }],
      ['é'.repeat(64), { n: 'é'.repeat((MAX_ATTRIBUTES_BYTES - 8) / 2) }],
    ])('are returned as they were added to product %j: %j', async (productId, attributes) => {
      const added = { ...line(productId, 2), attributes }
      const cartId = await cartWith(added, line(productId, 5))
      const lines = await content(cartId)
      expect(lines).toHaveLength(2)
      expect(lines).toContainEqual([productId, attributes, 2])
      await get().setLine(cartId, { ...added, quantity: 4 }, options())
      expect(await content(cartId)).toContainEqual([productId, attributes, 4])
      await get().removeLine(cartId, { productId, attributes }, options())
      expect(await content(cartId)).toEqual([[productId, undefined, 5]])
    })

    it('are kept by concurrent adds, none of which is lost', async () => {
      const cartId = await cartWith()
      const adds = Array.from({ length: 24 }, (_, i) => [undefined, M, L][i % 3])
      await Promise.all(adds.map((each) => get().addLines(cartId, [shirt(1, each)], options())))
      const cart = await get().getCart(cartId, strong())
      expect(cart.lines.map((each) => each.quantity)).toEqual([8, 8, 8])
      expect(cart.version).toBe(25)
    })

    it('are not touched by setting the line without attributes, which is another line', async () => {
      const cartId = await cartWith(shirt(1, M))
      await get().setLine(cartId, shirt(5), options(T0 + 1))
      expect(await content(cartId)).toEqual([
        ['shirt', M, 1],
        ['shirt', undefined, 5],
      ])
    })

    it('do not matter to removing a product, which removes all its lines', async () => {
      const cartId = await cartWith(shirt(1, M), shirt(2), line('shirt2', 4), line('shirt 3'))
      expect(await get().removeLine(cartId, 'shirt', options())).toMatchObject({ version: 3 })
      expect((await content(cartId)).map(([id]) => id).sort()).toEqual(['shirt 3', 'shirt2'])
      expect(await codeOf(get().removeLine(cartId, 'shirt', options()))).toBe('LINE_NOT_FOUND')
      // The counts are right: the limits of the cart are reached exactly.
      const limits = { maxLines: 3, maxUnits: 9 }
      await get().addLines(cartId, [shirt(4, L)], options(T0, limits))
      expect(await codeOf(get().addLines(cartId, [line(1)], options(T0, limits)))).toBe(
        'CART_LINES_LIMIT',
      )
    })

    it('of one line can be removed; another line of the product stays', async () => {
      const cartId = await cartWith(shirt(1, M), shirt(2))
      const medium = { productId: 'shirt', attributes: M }
      await get().removeLine(cartId, { productId: 'shirt' }, options())
      expect(await content(cartId)).toEqual([['shirt', M, 1]])
      await get().removeLine(cartId, medium, options())
      expect(await codeOf(get().removeLine(cartId, medium, options()))).toBe('LINE_NOT_FOUND')
      expect(await content(cartId)).toEqual([])
    })

    it('count each line for the limits', async () => {
      const cartId = await cartWith(shirt(1, M))
      const limits = { maxLines: 2, maxLineQuantity: 3 }
      const add = (each: NewLine) => codeOf(get().addLines(cartId, [each], options(T0, limits)))
      expect(await add(shirt(3))).toBe('nothing failed')
      expect(await add(shirt(1, L))).toBe('CART_LINES_LIMIT')
      expect(await add(shirt(3, M))).toBe('LINE_QUANTITY_LIMIT')
    })

    it('of 100 lines of one add are kept', async () => {
      const many = Array.from({ length: 100 }, (_, i) => shirt(1 + i, { engraving: `No. ${i}` }))
      const cartId = await cartWith(...many)
      const found = (await content(cartId)).map(([, attributes, units]) => [attributes, units])
      expect(new Set(found)).toEqual(
        new Set(many.map(({ attributes, quantity }) => [attributes, quantity])),
      )
    })

    it.each(['sum', 'max', 'keep'] as const)(
      'decide which lines a merge joins: %s',
      async (strategy) => {
        const target = await cartWith(shirt(3, M), shirt(1))
        const source = await cartWith(shirt(5, M), shirt(2, L))
        await get().mergeCart(target, { fromCartId: source, strategy }, options(T0 + 1))
        const units = { sum: 8, max: 5, keep: 3 }[strategy]
        expect(new Set(await content(target))).toEqual(
          new Set([
            ['shirt', M, units],
            ['shirt', undefined, 1],
            ['shirt', L, 2],
          ]),
        )
      },
    )

    it('are named with the product that exceeds a limit', async () => {
      const cartId = await cartWith(shirt(3, M))
      const limits = { maxLineQuantity: 4 }
      const call = get().addLines(cartId, [line(1), shirt(2, M)], options(T0, limits))
      await expect(call).rejects.toThrow(`Product ${idText('shirt')}: a line can have at most 4`)
    })
  })

  describe('setting the attributes of a line', () => {
    const note = { gift_note: 'For Anna' }
    const plain = { productId: 'shirt' }

    it('keeps quantity, name, price and time of the line', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [shirt(2), line(1)], options())
      const [before] = (await get().getCart(cartId, strong())).lines.filter(isShirt)
      const changed = await get().setAttributes(cartId, plain, note, options(T0 + 5))
      expect(changed).toEqual({ version: 3, replayed: false })
      const [after] = (await get().getCart(cartId, strong())).lines.filter(isShirt)
      expect(after).toEqual({ ...before, attributes: note, updatedAt: T0 + 5 })
      await get().setAttributes(cartId, { ...plain, attributes: note }, {}, options(T0 + 6))
      const [last] = (await get().getCart(cartId, strong())).lines.filter(isShirt)
      expect(last).toEqual({ ...before, updatedAt: T0 + 6 })
    })

    it('joins the line with a line that has these attributes, which keeps its price', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [shirt(2, M, 100)], options())
      await get().addLines(cartId, [shirt(3, L, 200)], options(T0 + 1))
      const from = { productId: 'shirt', attributes: L }
      await get().setAttributes(cartId, from, M, options(T0 + 2))
      const { lines, version } = await get().getCart(cartId, strong())
      expect(version).toBe(4)
      expect(lines).toEqual([{ ...shirt(5, M, 100), createdAt: T0, updatedAt: T0 + 2 }])
    })

    it('is refused without the line, and if both lines together exceed the limit', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [shirt(3), shirt(3, M)], options())
      const set = (from: Attributes | undefined, to: Attributes, maxLineQuantity: number) =>
        codeOf(
          get().setAttributes(
            cartId,
            from === undefined ? plain : { ...plain, attributes: from },
            to,
            options(T0, { maxLineQuantity, maxLines: 1, maxUnits: 1 }),
          ),
        )
      expect(await set(L, note, 9)).toBe('LINE_NOT_FOUND')
      expect(await set(undefined, M, 5)).toBe('LINE_QUANTITY_LIMIT')
      // A line beyond a lowered limit can still get another note.
      expect(await set(undefined, note, 1)).toBe('nothing failed')
      expect(await set(note, M, 6)).toBe('nothing failed')
    })

    it('is made once with a key, and only at a wanted version', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [shirt(1)], options())
      const set = (terms: Parameters<CartStore['emptyCart']>[1]) =>
        get().setAttributes(cartId, plain, note, terms)
      expect(await codeOf(set(options(T0, {}, { ifVersion: [1, 3] })))).toBe('PRECONDITION_FAILED')
      expect(await set({ ...keyed('k'), ifVersion: [2] })).toEqual({ version: 3, replayed: false })
      expect(await set({ ...keyed('k'), ifVersion: [2] })).toEqual({ version: 3, replayed: true })
      expect(await codeOf(set(keyed('k', T0, 'b')))).toBe('IDEMPOTENCY_KEY_REUSED')
      expect(await codeOf(set(options()))).toBe('LINE_NOT_FOUND')
      await get().deleteCart(cartId, options())
      expect(await set(keyed('k'))).toEqual({ version: 3, replayed: true })
      expect(await codeOf(set(options()))).toBe('CART_NOT_FOUND')
    })

    it('loses no concurrent add', async () => {
      const cartId = await create(get())
      await get().addLines(cartId, [shirt(1)], options())
      const flips = Array.from({ length: 4 }, () => [
        get().addLines(cartId, [shirt(1, M)], options()),
        get().addLines(cartId, [line(1)], options()),
      ]).flat()
      await Promise.all([...flips, get().setAttributes(cartId, plain, M, options())])
      const { lines, version } = await get().getCart(cartId, strong())
      expect(lines.map((each) => each.quantity).sort()).toEqual([4, 5])
      expect(version).toBe(11)
    })
  })
}

function shirt(quantity: number, attributes?: Attributes, price?: number): NewLine {
  return { ...line('shirt', quantity, price), ...(attributes !== undefined && { attributes }) }
}

function isShirt({ productId }: { readonly productId: EntityId }): boolean {
  return productId === 'shirt'
}
