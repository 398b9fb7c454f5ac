import fc from 'fast-check'
import { fastify } from 'fastify'
import { describe, expect, it } from 'vitest'
import type { Cart, Line } from '../../src/cart/cart.ts'
import { lineId } from '../../src/cart/line-key.ts'
import { currencyOf } from '../../src/cart/money.ts'
import { openCatalog } from '../../src/catalog/catalog.ts'
import { generateProducts } from '../../src/catalog/generate.ts'
import { createCartText } from '../../src/http/cart-text.ts'
import {
  type CartJson,
  CartOut,
  type LineJson,
  type OrderJson,
  OrderOut,
} from '../../src/http/schemas.ts'
import type { Order } from '../../src/store/cart-store.ts'

const catalog = openCatalog(generateProducts(20, 1))

const NASTY = [
  '"',
  '\\',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u2028',
  '\ud800',
  '🛒',
  '</script>',
  'é',
  '',
]
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...NASTY)).map((parts) => parts.join('')),
)
const count = fc.integer({ min: 1, max: 1_000_000 })
const time = fc.integer({ min: 0, max: 4e12 })
const id = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.maxSafeNat(), text)
/** Half of the lines have a product of the catalog, some of them at the current price. */
const line: fc.Arbitrary<Line> = fc
  .record({
    productId: id,
    productName: text,
    unitPrice: fc.integer({ min: 0, max: 1e9 }),
    // Mostly small, because the texts of small quantities are kept.
    quantity: fc.oneof(fc.integer({ min: 1, max: 3 }), count),
    createdAt: time,
    updatedAt: time,
    today: fc.boolean(),
    attributes: fc.option(fc.dictionary(text, text, { minKeys: 1, maxKeys: 3 })),
  })
  .map(({ today, attributes, ...rest }) => {
    const each = attributes === null ? rest : { ...rest, attributes }
    const price = today ? catalog.find(each.productId)?.price : undefined
    return price === undefined ? each : { ...each, unitPrice: price }
  })
const cart: fc.Arbitrary<Cart> = fc.record({
  cartId: fc.uuid(),
  customerId: id,
  currency: fc.constantFrom('USD', 'JPY', 'KWD', 'UYW').map(currencyOf),
  status: fc.constantFrom('active', 'checked_out', 'merged'),
  version: count,
  lines: fc.array(line, { maxLength: 5 }),
  createdAt: time,
  updatedAt: time,
  expiresAt: fc.option(time),
  orderedAt: fc.option(time),
})

/** The expected JSON as objects, where the catalog is in `sold`. */
function expected(sold: string, soldDigits: number) {
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

  function warnings({ productId, unitPrice }: Line, code: string): Pick<LineJson, 'warnings'> {
    const price = catalog.find(productId)?.price
    if (code === sold && price === unitPrice) return {}
    if (price === undefined)
      return {
        warnings: [{ code: 'PRODUCT_UNAVAILABLE', message: 'The product is no longer sold.' }],
      }
    if (code !== sold)
      return {
        warnings: [{ code: 'CURRENCY_CHANGED', message: `The product is now sold in ${sold}.` }],
      }
    const message = 'The price has changed since the product was added.'
    const current_price = price / 10 ** soldDigits
    return { warnings: [{ code: 'PRICE_CHANGED', message, current_price }] }
  }
  const content = ({ lines, currency: { code, digits } }: Cart, warns: boolean) => {
    const amount = (minor: number) => minor / 10 ** digits
    return {
      items: lines.map((each) => ({
        product_id: each.productId,
        line_id: lineId(each),
        product_name: each.productName,
        product_price: amount(each.unitPrice),
        quantity: each.quantity,
        created_at: iso(each.createdAt),
        updated_at: iso(each.updatedAt),
        ...(each.attributes && { attributes: each.attributes }),
        ...(warns && warnings(each, code)),
      })),
      item_count: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      total_amount: amount(lines.reduce((sum, each) => sum + each.unitPrice * each.quantity, 0)),
      currency: code,
    }
  }
  return {
    cart: (each: Cart): CartJson => ({
      shopping_cart_id: each.cartId,
      customer_id: each.customerId,
      status: each.status,
      version: each.version,
      ...content(each, each.status === 'active'),
      created_at: iso(each.createdAt),
      updated_at: iso(each.updatedAt),
      expires_at: each.expiresAt === null ? null : iso(each.expiresAt),
    }),
    order: (each: Order): OrderJson => ({
      order_id: each.cartId,
      customer_id: each.customerId,
      ...content(each, false),
      ordered_at: iso(each.orderedAt),
    }),
  }
}

describe.each([
  ['USD', 2],
  ['JPY', 0],
  ['KWD', 3],
] as const)(
  'the text of a shop in %s equals the output of the serialiser of its schema',
  (currency, digits) => {
    const text = createCartText({ code: currency, digits }, catalog)
    const plain = expected(currency, digits)
    let sent: unknown
    const app = fastify()
    app.get('/cart', { schema: { response: { 200: CartOut } } }, async () => sent)
    app.get('/order', { schema: { response: { 200: OrderOut } } }, async () => sent)

    it('for carts', async () => {
      await fc.assert(
        fc.asyncProperty(cart, async (each) => {
          sent = plain.cart(each)
          const { payload } = await app.inject('/cart')
          expect(text.cart(each)).toBe(payload)
          expect(text.cart(each, text.variant(each))).toBe(payload)
        }),
        { seed: 1, numRuns: 300 },
      )
    })

    it('for orders', async () => {
      await fc.assert(
        fc.asyncProperty(cart, time, async (each, orderedAt) => {
          const order: Order = { ...each, status: 'checked_out', orderedAt }
          sent = plain.order(order)
          expect(text.order(order)).toBe((await app.inject('/order')).payload)
        }),
        { seed: 1, numRuns: 100 },
      )
    })
  },
)
