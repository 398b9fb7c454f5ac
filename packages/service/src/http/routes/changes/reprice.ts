import { setVersion } from '../../entity-tag.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { CartPath, NoBody } from '../../schemas.ts'
import { CHANGE_CONFIG, changeCart, changeSchema } from './change-route.ts'

export function registerReprice(app: App, context: RouteContext): void {
  const { store, catalog } = context
  app.post(
    '/shopping-carts/:id/reprice',
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema('reprice', 'Accept the prices of today', 'CURRENCY_MISMATCH'),
        params: CartPath,
        body: NoBody,
      },
    },
    async (request, reply) => {
      const priceOf = (productId: string | number) => catalog.find(productId)?.price
      const changed = await changeCart(context, request, (cartId, terms) =>
        store.reprice(cartId, priceOf, terms),
      )
      return setVersion(reply, changed).code(204).send()
    },
  )
}
