import Type from 'typebox'
import type { Cart } from '../../../cart/cart.ts'
import { CartError } from '../../../cart/errors.ts'
import type { CartText } from '../../cart-text.ts'
import { setVersion } from '../../entity-tag.ts'
import { BODY, CHANGE, problems } from '../../problem-schema.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { CartPath, CHECKOUT_BODY, named, response } from '../../schemas.ts'
import { requireCartId } from '../input.ts'
import { CHANGE_CONFIG, changeCart } from './change-route.ts'

const Placed = Type.Object({ order_id: Type.String({ format: 'uuid' }) })
named(Placed, 'PlacedOrder')

const CHECKOUT = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    expected_total: {
      type: 'number',
      minimum: 0,
      description: '`total_amount` as the shopper saw it; another total is 409 `TOTAL_CHANGED`.',
    },
    currency: {
      type: 'string',
      pattern: '^[A-Z]{3}$',
      description: 'The currency that the shopper saw; another one is 409 `TOTAL_CHANGED`.',
    },
    refuse_warnings: {
      type: 'boolean',
      default: false,
      description: 'Whether warnings of a line are a reason to refuse: 409 `CART_HAS_WARNINGS`.',
    },
  },
} as const
const CheckoutBody = Type.Optional(
  Type.Unsafe<{
    expected_total?: number
    currency?: string
    refuse_warnings?: boolean
  } | null>({
    ...CHECKOUT,
    documented: {
      ...CHECKOUT,
      title: CHECKOUT_BODY,
      type: 'object',
      description: 'What the shopper saw, all of it optional. The body may be absent too.',
    },
  }),
)

export function registerCheckout(app: App, context: RouteContext): void {
  app.post(
    '/shopping-carts/:id/checkout',
    {
      config: { ...CHANGE_CONFIG, priority: 'high' },
      schema: {
        operationId: 'checkout',
        summary: 'Turn the cart into an order',
        tags: ['carts'],
        params: CartPath,
        body: CheckoutBody,
        response: {
          200: response('The cart is an order.', Placed),
          ...problems(...CHANGE, ...BODY, 'CART_EMPTY', 'TOTAL_CHANGED', 'CART_HAS_WARNINGS'),
        },
      },
    },
    async (request, reply) => {
      const { refuse_warnings = false, ...seen } = request.body ?? {}
      const asked = { ...seen, ...(refuse_warnings && { refuse_warnings }) }
      const expected = {
        total: seen.expected_total,
        currency: seen.currency,
        objection: refuse_warnings ? (cart: Cart) => objectionTo(cart, context.text) : undefined,
      }
      const expects = Object.keys(asked).length > 0
      const changed = await changeCart(
        context,
        request,
        (cartId, terms) => context.store.checkout(cartId, terms, expects ? expected : undefined),
        asked,
      )
      setVersion(reply, changed)
      return { order_id: requireCartId(request.params.id) }
    },
  )
}

/** The refusal of a cart with warnings. */
function objectionTo(cart: Cart, text: CartText): CartError | undefined {
  const warnings = text.warnings(cart)
  if (warnings.length === 0) return undefined
  return new CartError('CART_HAS_WARNINGS', undefined, {
    details: { warnings, current_version: cart.version },
  })
}
