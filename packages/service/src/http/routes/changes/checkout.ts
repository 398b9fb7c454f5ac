import Type from 'typebox'
import { setVersion } from '../../entity-tag.ts'
import { BODY, CHANGE, problems } from '../../problem-schema.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { CartPath, NoBody, named, response } from '../../schemas.ts'
import { requireCartId } from '../input.ts'
import { CHANGE_CONFIG, changeCart } from './change-route.ts'

const Placed = Type.Object({ order_id: Type.String({ format: 'uuid' }) })
named(Placed, 'PlacedOrder')

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
        body: NoBody,
        response: {
          200: response('The cart is an order.', Placed),
          ...problems(...CHANGE, ...BODY, 'CART_EMPTY'),
        },
      },
    },
    async (request, reply) => {
      setVersion(reply, await changeCart(context, request, context.store.checkout))
      return { order_id: requireCartId(request.params.id) }
    },
  )
}
