import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { NewLine } from '../../cart/cart.ts'
import { CartError, type ErrorCode } from '../../cart/errors.ts'
import type { EntityId } from '../../cart/ids.ts'
import type { MergeStrategy } from '../../cart/merge.ts'
import type { CartStore, Changed, ChangeOptions } from '../../store/cart-store.ts'
import { setVersion } from '../entity-tag.ts'
import { BODY, CHANGE, LIMITS, problems } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import { CartOut, CartPath, EntityIdIn, NoBody, NoContent, Quantity } from '../schemas.ts'
import { requireCartId, requireEntityId } from './input.ts'

const LineIn = Type.Object(
  { product_id: EntityIdIn, quantity: Quantity },
  { additionalProperties: false },
)
const AddBody = Type.Union([
  LineIn,
  Type.Object(
    { items: Type.Array(LineIn, { minItems: 1, maxItems: 100 }) },
    { additionalProperties: false },
  ),
])
const QuantityBody = Type.Object({ quantity: Quantity }, { additionalProperties: false })
const MergeBody = Type.Object(
  {
    from_cart_id: Type.String({ format: 'uuid' }),
    strategy: Type.Optional(
      Type.Unsafe<MergeStrategy>({ type: 'string', enum: ['sum', 'max', 'keep'], default: 'sum' }),
    ),
  },
  { additionalProperties: false },
)
const LinePath = Type.Object({ id: Type.String(), product_id: Type.String() })

/** Everything that changes a cart. */
export function registerChangeRoutes(
  app: App,
  { store, catalog, present, clock, access, changes }: RouteContext,
): void {
  /** The product as a line of a cart. `where` names it in an error among others. */
  function lineOf(productId: EntityId, quantity: number, where = ''): NewLine {
    const product = catalog.find(requireEntityId(productId, `${where}product_id`))
    if (product === undefined) {
      throw new CartError('PRODUCT_NOT_FOUND', `${where}there is no product ${productId}`)
    }
    return {
      productId: product.productId,
      productName: product.name,
      unitPrice: product.price,
      quantity,
    }
  }

  /** Makes a change of the cart in the path, on the terms in the headers, for a caller who may. */
  async function change(
    request: FastifyRequest<{ Params: { id: string } }>,
    make: (cartId: string, terms: ChangeOptions) => Promise<Changed>,
  ): Promise<Changed> {
    const cartId = requireCartId(request.params.id)
    await access.requireCart(request, cartId)
    return make(cartId, changes.terms(request))
  }

  const describe = (summary: string, ...codes: readonly ErrorCode[]) => ({
    summary,
    tags: ['carts'],
    response: { 204: NoContent, ...problems(...CHANGE, ...codes) },
  })
  const config = { keyed: true, matched: true }

  app.post(
    '/shopping-carts/:id/items',
    {
      config,
      schema: {
        ...describe('Add a product, or up to 100 at once', ...BODY, ...LIMITS, 'PRODUCT_NOT_FOUND'),
        params: CartPath,
        body: AddBody,
      },
    },
    async (request, reply) => {
      const { body } = request
      const lines =
        'items' in body
          ? distinct(
              body.items.map((each, i) => lineOf(each.product_id, each.quantity, `items[${i}]: `)),
            )
          : [lineOf(body.product_id, body.quantity)]
      const changed = await change(request, (cartId, terms) => store.addLines(cartId, lines, terms))
      return setVersion(reply, changed).code(204).send()
    },
  )

  app.put(
    '/shopping-carts/:id/items/:product_id',
    {
      config,
      schema: {
        ...describe('Set the quantity of a product', ...BODY, ...LIMITS, 'PRODUCT_NOT_FOUND'),
        params: LinePath,
        body: QuantityBody,
      },
    },
    async (request, reply) => {
      const line = lineOf(request.params.product_id, request.body.quantity)
      const changed = await change(request, (cartId, terms) => store.setLine(cartId, line, terms))
      return setVersion(reply, changed).code(204).send()
    },
  )

  app.delete(
    '/shopping-carts/:id/items/:product_id',
    {
      config,
      schema: {
        ...describe('Remove a product', ...BODY, 'LINE_NOT_FOUND'),
        params: LinePath,
        body: NoBody,
      },
    },
    async (request, reply) => {
      const productId = requireEntityId(request.params.product_id, 'product_id')
      const changed = await change(request, (cartId, terms) =>
        store.removeLine(cartId, productId, terms),
      )
      return setVersion(reply, changed).code(204).send()
    },
  )

  app.delete(
    '/shopping-carts/:id/items',
    { config, schema: { ...describe('Empty the cart', ...BODY), params: CartPath, body: NoBody } },
    async (request, reply) => {
      const changed = await change(request, (cartId, terms) => store.emptyCart(cartId, terms))
      return setVersion(reply, changed).code(204).send()
    },
  )

  app.delete(
    '/shopping-carts/:id',
    { config, schema: { ...describe('Delete the cart', ...BODY), params: CartPath, body: NoBody } },
    async (request, reply) => {
      const changed = await change(request, (cartId, terms) => store.deleteCart(cartId, terms))
      return setVersion(reply, changed).code(204).send()
    },
  )

  app.post(
    '/shopping-carts/:id/checkout',
    {
      config,
      schema: {
        summary: 'Turn the cart into an order',
        tags: ['carts'],
        params: CartPath,
        body: NoBody,
        response: {
          200: Type.Object({ order_id: Type.String({ format: 'uuid' }) }),
          ...problems(...CHANGE, ...BODY, 'CART_EMPTY'),
        },
      },
    },
    async (request, reply) => {
      const changed = await change(request, (cartId, terms) => store.checkout(cartId, terms))
      setVersion(reply, changed)
      return { order_id: requireCartId(request.params.id) }
    },
  )

  app.post(
    '/shopping-carts/:id/merge',
    {
      config: { keyed: true },
      schema: {
        summary: 'Move the lines of another cart into this one',
        tags: ['carts'],
        params: CartPath,
        body: MergeBody,
        response: {
          200: CartOut,
          204: NoContent,
          ...problems(...CHANGE, ...BODY, ...LIMITS, 'CART_MERGES_LIMIT'),
        },
      },
    },
    async (request, reply) => {
      const { from_cart_id, strategy = 'sum' } = request.body
      const fromCartId = requireCartId(from_cart_id)
      const cartId = requireCartId(request.params.id)
      if (fromCartId === cartId)
        throw new CartError('VALIDATION_FAILED', 'from_cart_id is this very cart')
      await access.requireSource(request, fromCartId)
      const merged = await change(request, (id, { ifVersion: _, ...terms }) =>
        store.mergeCart(id, { fromCartId, strategy }, terms),
      )
      const cart = await cartIfThere(store, cartId, clock())
      // Deleted since: the merge was made all the same, so 404 would be a lie.
      if (cart === undefined) return setVersion(reply, merged).code(204).send()
      setVersion(reply, { version: cart.version, replayed: merged.replayed })
      return present.cart(cart)
    },
  )
}

async function cartIfThere(store: CartStore, cartId: string, now: number) {
  try {
    return await store.getCart(cartId, { now, consistency: 'strong' })
  } catch (error) {
    if (error instanceof CartError && error.code === 'CART_NOT_FOUND') return undefined
    throw error
  }
}

/** The lines if no product occurs twice; which of them would count is not for us to guess. */
function distinct(lines: readonly NewLine[]): readonly NewLine[] {
  const seen = new Set<EntityId>()
  for (const [i, { productId }] of lines.entries()) {
    if (seen.has(productId)) {
      throw new CartError('VALIDATION_FAILED', `items[${i}]: product ${productId} occurs twice`)
    }
    seen.add(productId)
  }
  return lines
}
