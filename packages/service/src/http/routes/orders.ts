import Type from 'typebox'
import { CartError } from '../../cart/errors.ts'
import { parseCartId } from '../../cart/ids.ts'
import { mayReach } from '../auth.ts'
import { JSON_TYPE } from '../cart-text.ts'
import { problems, STORE } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import {
  asText,
  CartIdText,
  EntityIdText,
  NextCursor,
  named,
  OrderOut,
  pageQuery,
  response,
} from '../schemas.ts'
import { pageOf, requireQueriedCustomer } from './input.ts'

const OrderPath = Type.Object({ order_id: CartIdText })
const OrderPage = Type.Object({ orders: Type.Array(OrderOut), next_cursor: NextCursor })
named(OrderPage, 'OrderPage')

export function registerOrderRoutes(app: App, { config, store, text, pages }: RouteContext): void {
  const ListQuery = Type.Object(
    { customer_id: EntityIdText, ...pageQuery(config.PAGE_SIZE_MAX) },
    { additionalProperties: false },
  )

  app.get(
    '/orders/:order_id',
    {
      schema: {
        operationId: 'getOrder',
        summary: 'Read an order',
        tags: ['orders'],
        params: OrderPath,
        response: {
          200: response('The order.', asText(OrderOut)),
          ...problems(...STORE, 'ORDER_NOT_FOUND'),
        },
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
      config: { priority: 'low', page: true },
      schema: {
        operationId: 'listOrders',
        summary: 'List a customer’s orders, latest first',
        tags: ['orders'],
        querystring: ListQuery,
        response: {
          200: response('A page of orders.', asText(OrderPage)),
          ...problems(...STORE, 'FORBIDDEN'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireQueriedCustomer(request, request.query.customer_id)
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = await store.listOrders(customerId, page)
      return pages.send(reply, { name: 'orders', items, cursor, textOf: text.order })
    },
  )
}
