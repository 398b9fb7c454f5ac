import Type from 'typebox'
import { parsePublicUrl } from '../../config/web.ts'
import { setVersion } from '../entity-tag.ts'
import { BODY, problems, STORE } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import { CreatedOut, EntityIdText, NoBody, response } from '../schemas.ts'
import { requireQueriedCustomer } from './input.ts'

/**
 * The active cart of a customer as one idempotent call. PUT, because any number of calls has the effect of one; so it takes no
 * `Idempotency-Key`.
 */
export function registerActiveCart(app: App, { config, store, changes }: RouteContext): void {
  const publicUrl = parsePublicUrl(config.CART_PUBLIC_URL)
  app.put(
    '/customers/:customer_id/active-cart',
    {
      config: { versioned: true },
      schema: {
        operationId: 'getActiveCart',
        summary: 'Get a customer’s active cart, which is created if there is none',
        tags: ['carts'],
        params: Type.Object({ customer_id: EntityIdText }),
        body: NoBody,
        response: {
          200: response('The id of the active cart.', CreatedOut),
          201: response('The id of the new, empty cart.', CreatedOut),
          ...problems(...STORE, ...BODY, 'FORBIDDEN'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireQueriedCustomer(request, request.params.customer_id)
      const { now, expiresAt, currency } = changes.terms(request)
      const active = await store.activeCart({ customerId, currency, now, expiresAt })
      setVersion(reply, active).code(active.created ? 201 : 200)
      if (active.created) reply.header('location', `${publicUrl}/shopping-carts/${active.cartId}`)
      return { shopping_cart_id: active.cartId }
    },
  )
}
