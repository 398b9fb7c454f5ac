import fc from 'fast-check'
import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import type { Cart, Line } from '../../src/cart/cart.ts'
import { openCatalog } from '../../src/catalog/catalog.ts'
import { generateProducts } from '../../src/catalog/generate.ts'
import { createCartText } from '../../src/http/cart-text.ts'
import { createPresenter } from '../../src/http/present.ts'
import { CartOut } from '../../src/http/schemas.ts'

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
/** Half of the lines are of products of the catalog, some of them at their price of today. */
const line: fc.Arbitrary<Line> = fc
  .record({
    productId: id,
    productName: text,
    unitPrice: fc.integer({ min: 0, max: 1e9 }),
    quantity: count,
    createdAt: time,
    updatedAt: time,
    today: fc.boolean(),
  })
  .map(({ today, ...each }) => {
    const price = today ? catalog.find(each.productId)?.price : undefined
    return price === undefined ? each : { ...each, unitPrice: price }
  })
const cart: fc.Arbitrary<Cart> = fc.record({
  cartId: fc.uuid(),
  customerId: id,
  status: fc.constantFrom('active', 'checked_out', 'merged'),
  version: count,
  lines: fc.array(line, { maxLength: 5 }),
  createdAt: time,
  updatedAt: time,
  expiresAt: fc.option(time),
  orderedAt: fc.option(time),
})

it.each(['USD', 'JPY', 'KWD'])(
  'is what the serialiser of the schema makes, in %s',
  async (currency) => {
    const present = createPresenter(currency, catalog)
    const cartText = createCartText(currency, catalog)
    let asked: Cart | undefined
    const app = fastify()
    app.get(
      '/',
      { schema: { response: { 200: CartOut } } },
      async () => asked && present.cart(asked),
    )
    await fc.assert(
      fc.asyncProperty(cart, async (each) => {
        asked = each
        const { payload } = await app.inject('/')
        expect(cartText(each)).toBe(payload)
      }),
      { seed: 1, numRuns: 300 },
    )
  },
)
