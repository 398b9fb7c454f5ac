import Type from 'typebox'
import { CartError } from '../../cart/errors.ts'
import { parseCartId } from '../../cart/ids.ts'
import type { App, RouteContext } from '../app.ts'
import { NextCursor, OrderOut, PageQuery } from '../schemas.ts'
import { pageOf, requireEntityId } from './input.ts'

const OrderPath = Type.Object({ order_id: Type.String() })
const ListQuery = Type.Object(
  { customer_id: Type.String(), ...PageQuery },
  { additionalProperties: false },
)

export function registerOrderRoutes(app: App, { config, store, present }: RouteContext): void {
  app.get(
    '/orders/:order_id',
    { schema: { params: OrderPath, response: { 200: OrderOut } } },
    async (request) => {
      const orderId = parseCartId(request.params.order_id)
      if (orderId === undefined) throw new CartError('ORDER_NOT_FOUND')
      return present.order(await store.getOrder(orderId))
    },
  )

  app.get(
    '/orders',
    {
      schema: {
        querystring: ListQuery,
        response: { 200: Type.Object({ orders: Type.Array(OrderOut), next_cursor: NextCursor }) },
      },
    },
    async (request) => {
      const customerId = requireEntityId(request.query.customer_id, 'customer_id')
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = await store.listOrders(customerId, page)
      return { orders: items.map(present.order), next_cursor: cursor }
    },
  )
}
