import Type from 'typebox'
import { parsePublicUrl } from '../../config/web.ts'
import { type Consistency, LISTED_STATUSES, type ListedStatus } from '../../store/cart-store.ts'
import { requireCustomer } from '../auth.ts'
import { JSON_TYPE } from '../cart-text.ts'
import { cartTag, matchesAny, setVersion } from '../entity-tag.ts'
import { BODY, problems, STORE } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import {
  asText,
  CartOut,
  CartPath,
  CreatedOut,
  EntityIdIn,
  EntityIdText,
  NextCursor,
  NoContent,
  named,
  pageQuery,
  queryInteger,
  response,
} from '../schemas.ts'
import { pageOf, requireCartId, requireEntityId, requireQueriedCustomer } from './input.ts'
import { readCart } from './read-cart.ts'

const CreateBody = Type.Object({ customer_id: EntityIdIn }, { additionalProperties: false })
named(CreateBody, 'NewCart')
const GetQuery = Type.Object(
  {
    consistency: Type.Optional(
      Type.Unsafe<Consistency>({
        type: 'string',
        enum: ['strong', 'eventual'],
        description:
          '`strong` shows every change acknowledged before; `eventual` may lag. The service has a default.',
      }),
    ),
    min_version: queryInteger(15, {
      minimum: 0,
      maximum: 999_999_999_999_999,
      description:
        'Read strongly if the cart found by an eventual read is older than this version.',
    }),
  },
  { additionalProperties: false },
)
/** The routes that create and read carts. */
export function registerCartRoutes(app: App, context: RouteContext): void {
  const { config, store, text, pages, clock, access, changes, homes } = context
  const ListQuery = Type.Object(
    {
      customer_id: EntityIdText,
      status: Type.Optional(
        Type.Unsafe<ListedStatus>({
          type: 'string',
          enum: [...LISTED_STATUSES],
          description: 'Only carts with this status; both without it.',
        }),
      ),
      ...pageQuery(config.PAGE_SIZE_MAX),
    },
    { additionalProperties: false },
  )
  const CartPage = Type.Object({ carts: Type.Array(CartOut), next_cursor: NextCursor })
  named(CartPage, 'CartPage')
  const publicUrl = parsePublicUrl(config.CART_PUBLIC_URL)

  app.post(
    '/shopping-carts',
    {
      config: { keyed: true },
      schema: {
        operationId: 'createCart',
        summary: 'Create a cart',
        tags: ['carts'],
        body: CreateBody,
        response: {
          201: response('The id of the new, empty cart.', CreatedOut),
          ...problems(...STORE, ...BODY, 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireEntityId(request.body.customer_id, 'customer_id')
      requireCustomer(request, customerId)
      const { now, expiresAt, currency } = changes.terms(request)
      const { id, isKeyed } = changes.cartId(request, now)
      const cart = { cartId: id, customerId, currency, now, expiresAt }
      const { cartId, ...changed } =
        isKeyed && store.createOnce !== undefined
          ? await store.createOnce(cart)
          : { cartId: id, ...(await store.createCart(cart)) }
      setVersion(reply, changed)
        .code(201)
        .header('location', `${publicUrl}/shopping-carts/${cartId}`)
      return { shopping_cart_id: cartId }
    },
  )

  app.get(
    '/shopping-carts/:id',
    {
      config: { conditional: true },
      schema: {
        operationId: 'getCart',
        summary: 'Read a cart',
        tags: ['carts'],
        params: CartPath,
        querystring: GetQuery,
        response: {
          200: response('The cart.', asText(CartOut)),
          304: response('The response would have the tag of `If-None-Match`.', NoContent),
          ...problems(...STORE, 'CART_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const cartId = requireCartId(request.params.id)
      const { consistency = config.READ_CONSISTENCY, min_version = 0 } = request.query
      const read = { now: clock(), consistency }
      const cart = await readCart(store, cartId, read, {
        minVersion: Number(min_version),
        mayBeOnItsWay: homes !== undefined && homes.homeOf(cartId) !== homes.own,
      })
      access.requireOwner(request, cart)
      const variant = text.variant(cart)
      const tag = cartTag(cart, variant)
      reply.header('etag', tag)
      if (matchesAny(request.headers['if-none-match'], tag)) return reply.code(304).send()
      reply.type(JSON_TYPE)
      return text.cart(cart, variant)
    },
  )

  app.get(
    '/shopping-carts',
    {
      config: { priority: 'low', page: true },
      schema: {
        operationId: 'listCarts',
        summary: 'List a customer’s carts, newest first',
        tags: ['carts'],
        querystring: ListQuery,
        response: {
          200: response('A page of carts.', asText(CartPage)),
          ...problems(...STORE, 'FORBIDDEN'),
        },
      },
    },
    async (request, reply) => {
      const customerId = requireQueriedCustomer(request, request.query.customer_id)
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = await store.listCarts(customerId, {
        ...page,
        now: clock(),
        status: request.query.status,
      })
      return pages.send(reply, { name: 'carts', items, cursor, textOf: text.cart })
    },
  )
}
