import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { expiryOf } from '../../cart/cart.ts'
import { newCartId } from '../../cart/ids.ts'
import type { ChangeOptions, Consistency } from '../../store/cart-store.ts'
import type { App, RouteContext } from '../app.ts'
import { CartOut, CartPath, EntityIdIn, NextCursor, NoContent, PageQuery } from '../schemas.ts'
import { pageOf, requireCartId, requireEntityId } from './input.ts'
import { readCart } from './read-cart.ts'

const CreateBody = Type.Object({ customer_id: EntityIdIn }, { additionalProperties: false })
const AddBody = Type.Object(
  {
    product_id: EntityIdIn,
    quantity: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  },
  { additionalProperties: false },
)
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
const NoBody = Type.Optional(
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]),
)

export function registerCartRoutes(app: App, context: RouteContext): void {
  const { config, store, catalog, present, clock } = context
  const limits = {
    maxLineQuantity: config.CART_MAX_LINE_QUANTITY,
    maxLines: config.CART_MAX_LINES,
    maxUnits: config.CART_MAX_UNITS,
  }
  const changeNow = (): ChangeOptions => {
    const now = clock()
    return { now, expiresAt: expiryOf(now, config.CART_TTL_SECONDS), limits }
  }

  app.post(
    '/shopping-carts',
    {
      schema: {
        body: CreateBody,
        response: { 201: Type.Object({ shopping_cart_id: Type.String() }) },
      },
    },
    async (request, reply) => {
      const customerId = requireEntityId(request.body.customer_id, 'customer_id')
      const { now, expiresAt } = changeNow()
      const cartId = newCartId(now)
      await store.createCart({ cartId, customerId, now, expiresAt })
      setVersion(reply, 1).code(201).header('location', `/shopping-carts/${cartId}`)
      return { shopping_cart_id: cartId }
    },
  )

  app.get(
    '/shopping-carts/:id',
    {
      schema: {
        params: CartPath,
        querystring: GetQuery,
        response: { 200: CartOut, 304: NoContent },
      },
    },
    async (request, reply) => {
      const cart = await readCart(store, requireCartId(request.params.id), {
        now: clock(),
        consistency: request.query.consistency ?? config.READ_CONSISTENCY,
        minVersion: Number(request.query.min_version ?? 0),
      })
      setVersion(reply, cart.version)
      if (matches(request.headers['if-none-match'], cart.version)) return reply.code(304).send()
      return present.cart(cart)
    },
  )

  app.post(
    '/shopping-carts/:id/items',
    { schema: { params: CartPath, body: AddBody, response: { 204: NoContent } } },
    async (request, reply) => {
      const { body } = request
      const product = catalog.get(requireEntityId(body.product_id, 'product_id'))
      const line = {
        productId: product.productId,
        productName: product.name,
        unitPrice: product.price,
        quantity: body.quantity,
      }
      const { version } = await store.addLines(
        requireCartId(request.params.id),
        [line],
        changeNow(),
      )
      return setVersion(reply, version).code(204).send()
    },
  )

  app.post(
    '/shopping-carts/:id/checkout',
    {
      schema: {
        params: CartPath,
        body: NoBody,
        response: { 200: Type.Object({ order_id: Type.String() }) },
      },
    },
    async (request, reply) => {
      const cartId = requireCartId(request.params.id)
      const { version } = await store.checkout(cartId, changeNow())
      setVersion(reply, version)
      return { order_id: cartId }
    },
  )

  app.get(
    '/shopping-carts',
    {
      schema: {
        querystring: ListQuery,
        response: { 200: Type.Object({ carts: Type.Array(CartOut), next_cursor: NextCursor }) },
      },
    },
    async (request) => {
      const customerId = requireEntityId(request.query.customer_id, 'customer_id')
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = await store.listCarts(customerId, { ...page, now: clock() })
      return { carts: items.map(present.cart), next_cursor: cursor }
    },
  )
}

/** The cart's version as its entity tag. */
function setVersion<T extends FastifyReply>(reply: T, version: number): T {
  reply.header('etag', `"${version}"`)
  return reply
}

/** Whether an `If-None-Match` header names this version (RFC 9110, section 13.1.2: weak comparison). */
function matches(header: string | undefined, version: number): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(`"${version}"`)
}
