import Type from 'typebox'
import { CartError } from '../../cart/errors.ts'
import { parseCartId } from '../../cart/ids.ts'
import { mayReach } from '../auth.ts'
import { JSON_TYPE, pageText } from '../cart-text.ts'
import { problems, STORE } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import { asText, NextCursor, OrderOut, PageQuery } from '../schemas.ts'
import { pageOf, requireQueriedCustomer } from './input.ts'

const OrderPath = Type.Object({ order_id: Type.String() })
const ListQuery = Type.Object(
  { customer_id: Type.String(), ...PageQuery },
  { additionalProperties: false },
)

export function registerOrderRoutes(app: App, { config, store, text }: RouteContext): void {
  app.get(
    '/orders/:order_id',
    {
      schema: {
        summary: 'Read an order',
        tags: ['orders'],
        params: OrderPath,
        response: { 200: asText(OrderOut), ...problems(...STORE, 'ORDER_NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const orderId = parseCartId(request.params.order_id)
      if (orderId === undefined) throw new CartError('ORDER_NOT_FOUND')
      const order = await store.getOrder(orderId)
      if (!mayReach(request, order.customerId)) throw new CartError('ORDER_NOT_FOUND')
      reply.type(JSON_TYPE)
      return text.order(order)
    },
  )

  app.get(
    '/orders',
    {
      schema: {
        summary: 'List a customer’s orders, latest first',
        tags: ['orders'],
        querystring: ListQuery,
        response: {
          200: asText(Type.Object({ orders: Type.Array(OrderOut), next_cursor: NextCursor })),
          ...problems(...STORE, 'FORBIDDEN'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireQueriedCustomer(request, request.query.customer_id)
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = await store.listOrders(customerId, page)
      reply.type(JSON_TYPE)
      return pageText('orders', items.map(text.order), cursor)
    },
  )
}
