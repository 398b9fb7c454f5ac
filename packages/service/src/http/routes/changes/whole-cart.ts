import type { Changed, ChangeOptions } from '../../../store/cart-store.ts'
import { setVersion } from '../../entity-tag.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { CartPath, NoBody } from '../../schemas.ts'
import { CHANGE_CONFIG, changeCart, changeSchema } from './change-route.ts'

export function registerEmpty(app: App, context: RouteContext): void {
  const { store } = context
  registerDelete(
    app,
    context,
    '/shopping-carts/:id/items',
    'emptyCart',
    'Empty the cart',
    store.emptyCart,
  )
}

export function registerDeleteCart(app: App, context: RouteContext): void {
  const { store } = context
  registerDelete(
    app,
    context,
    '/shopping-carts/:id',
    'deleteCart',
    'Delete the cart',
    store.deleteCart,
  )
}

function registerDelete(
  app: App,
  context: RouteContext,
  url: '/shopping-carts/:id' | '/shopping-carts/:id/items',
  operationId: string,
  summary: string,
  change: (cartId: string, terms: ChangeOptions) => Promise<Changed>,
): void {
  app.delete(
    url,
    {
      config: CHANGE_CONFIG,
      schema: { ...changeSchema(operationId, summary), params: CartPath, body: NoBody },
    },
    async (request, reply) =>
      setVersion(reply, await changeCart(context, request, change))
        .code(204)
        .send(),
  )
}
