import Type from 'typebox'
import type { Consistency } from '../../store/cart-store.ts'
import { requireCustomer } from '../auth.ts'
import { JSON_TYPE, pageText } from '../cart-text.ts'
import { matchesAny, setVersion } from '../entity-tag.ts'
import { BODY, problems, STORE } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import {
  asText,
  CartOut,
  CartPath,
  EntityIdIn,
  NextCursor,
  NoContent,
  PageQuery,
} from '../schemas.ts'
import { pageOf, requireCartId, requireEntityId, requireQueriedCustomer } from './input.ts'
import { readCart } from './read-cart.ts'

const CreateBody = Type.Object({ customer_id: EntityIdIn }, { additionalProperties: false })
const GetQuery = Type.Object(
  {
    consistency: Type.Optional(
      Type.Unsafe<Consistency>({ type: 'string', enum: ['strong', 'eventual'] }),
    ),
    min_version: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
  },
  { additionalProperties: false },
)
const ListQuery = Type.Object(
  { customer_id: Type.String(), ...PageQuery },
  { additionalProperties: false },
)

/** The routes that create and read carts. */
export function registerCartRoutes(app: App, context: RouteContext): void {
  const { config, store, text, clock, access, changes } = context

  app.post(
    '/shopping-carts',
    {
      config: { keyed: true },
      schema: {
        summary: 'Create a cart',
        tags: ['carts'],
        body: CreateBody,
        response: {
          201: Type.Object({ shopping_cart_id: Type.String({ format: 'uuid' }) }),
          ...problems(...STORE, ...BODY, 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireEntityId(request.body.customer_id, 'customer_id')
      requireCustomer(request, customerId)
      const { now, expiresAt } = changes.terms(request)
      const cartId = changes.cartId(request, now)
      const changed = await store.createCart({ cartId, customerId, now, expiresAt })
      setVersion(reply, changed).code(201).header('location', `/shopping-carts/${cartId}`)
      return { shopping_cart_id: cartId }
    },
  )

  app.get(
    '/shopping-carts/:id',
    {
      config: { conditional: true },
      schema: {
        summary: 'Read a cart',
        tags: ['carts'],
        params: CartPath,
        querystring: GetQuery,
        response: {
          200: asText(CartOut),
          304: NoContent,
          ...problems(...STORE, 'CART_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const cart = await readCart(store, requireCartId(request.params.id), {
        now: clock(),
        consistency: request.query.consistency ?? config.READ_CONSISTENCY,
        minVersion: Number(request.query.min_version ?? 0),
      })
      access.requireOwner(request, cart)
      setVersion(reply, cart)
      if (matchesAny(request.headers['if-none-match'], cart.version)) return reply.code(304).send()
      reply.type(JSON_TYPE)
      return text.cart(cart)
    },
  )

  app.get(
    '/shopping-carts',
    {
      schema: {
        summary: 'List a customer’s carts, newest first',
        tags: ['carts'],
        querystring: ListQuery,
        response: {
          200: asText(Type.Object({ carts: Type.Array(CartOut), next_cursor: NextCursor })),
          ...problems(...STORE, 'FORBIDDEN'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireQueriedCustomer(request, request.query.customer_id)
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = await store.listCarts(customerId, { ...page, now: clock() })
      reply.type(JSON_TYPE)
      return pageText('carts', items.map(text.cart), cursor)
    },
  )
}
