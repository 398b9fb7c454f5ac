import { describe, expect, it } from 'vitest'
import { type Currency, currencyOf } from '../../src/cart/money.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'
import { codeOf, create, keyed, line, newCustomer, options, strong, T0, USD } from './fixtures.ts'

const COP = currencyOf('COP')
const KWD = currencyOf('KWD')
/** As `Intl` had it in some releases of Node.js. */
const WHOLE_COP: Currency = { code: 'COP', digits: 0 }
const pricedIn = (currency: Currency) => options(T0, {}, { currency })

/** The currency of a cart, which it has from its creation on. */
export function describeCurrency(get: () => CartStore): void {
  const cartIn = async (currency: Currency, customer = newCustomer()): Promise<string> => {
    const cartId = await create(get(), customer, T0, currency)
    await get().addLines(cartId, [line(1, 2)], pricedIn(currency))
    return cartId
  }

  describe('the currency', () => {
    it.each([COP, WHOLE_COP, KWD, currencyOf('UYW'), currencyOf('JPY')])(
      'is kept from creation to order, with its decimals: %j',
      async (currency) => {
        const customer = newCustomer()
        const cartId = await cartIn(currency, customer)
        expect((await get().getCart(cartId, strong())).currency).toEqual(currency)
        const carts = await get().listCarts(customer, { limit: 5, now: T0 })
        expect(carts.items.map((cart) => cart.currency)).toEqual([currency])
        // Another service has another setting by now.
        await get().checkout(cartId, pricedIn(USD))
        expect((await get().getOrder(cartId)).currency).toEqual(currency)
        const orders = await get().listOrders(customer, { limit: 5 })
        expect(orders.items.map((order) => order.currency)).toEqual([currency])
      },
    )

    it.each<[string, (store: CartStore, id: string, terms: ChangeOptions) => Promise<unknown>]>([
      ['an add', (store, id, terms) => store.addLines(id, [line(2)], terms)],
      [
        'an add of a product in the cart',
        (store, id, terms) => store.addLines(id, [line(1)], terms),
      ],
      ['an add of many', (store, id, terms) => store.addLines(id, many, terms)],
      [
        'an add at a version',
        (store, id, terms) => store.addLines(id, [line(2)], { ...terms, ifVersion: [2] }),
      ],
      [
        'an add with a key',
        (store, id, terms) => store.addLines(id, [line(2)], { ...keyed('k'), ...terms }),
      ],
      ['a set', (store, id, terms) => store.setLine(id, line(2), terms)],
    ])('refuses %s in another currency or with other decimals', async (_, call) => {
      for (const [has, gets] of [
        [USD, COP],
        [COP, WHOLE_COP],
        [WHOLE_COP, COP],
      ] as const) {
        const cartId = await cartIn(has)
        const before = await get().getCart(cartId, strong())
        expect(await codeOf(call(get(), cartId, pricedIn(gets)))).toBe('CURRENCY_MISMATCH')
        expect(await get().getCart(cartId, strong())).toEqual(before)
      }
    })

    it('is checked after the state and the version of the cart, and before the limits', async () => {
      const cartId = await cartIn(USD)
      const terms = pricedIn(COP)
      const at9 = { ...terms, ifVersion: [9] }
      expect(await codeOf(get().addLines(cartId, [line(2)], at9))).toBe('PRECONDITION_FAILED')
      const much = line(2, terms.limits.maxUnits + 1)
      expect(await codeOf(get().addLines(cartId, [much], terms))).toBe('CURRENCY_MISMATCH')
      await get().checkout(cartId, terms)
      expect(await codeOf(get().addLines(cartId, [line(2)], terms))).toBe('CART_NOT_ACTIVE')
    })

    it('does not matter to changes that bring no price into the cart', async () => {
      const cartId = await cartIn(USD)
      await get().addLines(cartId, [line(2)], pricedIn(USD))
      expect((await get().removeLine(cartId, 2, pricedIn(COP))).version).toBe(4)
      expect((await get().emptyCart(cartId, pricedIn(COP))).version).toBe(5)
      expect((await get().deleteCart(cartId, pricedIn(COP))).version).toBe(6)
    })

    it('of both carts of a merge must be the same, whatever is sold now', async () => {
      const [usd, cop, whole] = [await cartIn(USD), await cartIn(COP), await cartIn(WHOLE_COP)]
      for (const [target, source] of [
        [usd, cop],
        [cop, usd],
        [cop, whole],
      ] as const) {
        const merge = { fromCartId: source, strategy: 'sum' } as const
        const before = await Promise.all([target, source].map((id) => get().getCart(id, strong())))
        expect(await codeOf(get().mergeCart(target, merge, pricedIn(USD)))).toBe(
          'CURRENCY_MISMATCH',
        )
        expect(
          await Promise.all([target, source].map((id) => get().getCart(id, strong()))),
        ).toEqual(before)
      }
      const merge = { fromCartId: await cartIn(COP), strategy: 'sum' } as const
      await get().mergeCart(cop, merge, pricedIn(USD))
      const merged = await get().getCart(cop, strong())
      expect([merged.currency, merged.lines[0]?.quantity]).toEqual([COP, 4])
    })

    it('decides for each of several concurrent adds', async () => {
      const cartId = await cartIn(USD)
      const codes = await Promise.all(
        [USD, COP, USD, WHOLE_COP, USD, COP].map((currency) =>
          codeOf(get().addLines(cartId, [line(1)], pricedIn(currency))),
        ),
      )
      const made = 'nothing failed'
      const refused = 'CURRENCY_MISMATCH'
      expect(codes).toEqual([made, refused, made, refused, made, refused])
      expect((await get().getCart(cartId, strong())).lines[0]?.quantity).toBe(5)
    })

    it('is not part of a replay: a retried creation finds its cart', async () => {
      const [customerId, cartId] = [newCustomer(), await cartIn(USD)]
      const cart = { ...pricedIn(COP), cartId, customerId }
      expect(await codeOf(get().createCart(cart))).toBe('IDEMPOTENCY_KEY_REUSED')
      const known = await get().getCart(cartId, strong())
      const again = { ...cart, customerId: known.customerId }
      expect(await get().createCart(again)).toEqual({ version: 1, replayed: true })
      expect((await get().getCart(cartId, strong())).currency).toEqual(USD)
    })
  })
}

/** More than one update of DynamoDB adds without reading the cart. */
const many = Array.from({ length: 40 }, (_, i) => line(i + 2))
