import type { FastifyBaseLogger } from 'fastify'
import Type from 'typebox'
import type { Cart } from '../../../cart/cart.ts'
import { CartError, type ErrorCode } from '../../../cart/errors.ts'
import type { MergeStrategy } from '../../../cart/merge.ts'
import type { CartStore } from '../../../store/cart-store.ts'
import { JSON_TYPE } from '../../cart-text.ts'
import { setVersion } from '../../entity-tag.ts'
import { toCartError } from '../../problem.ts'
import { BODY, CHANGE, LIMITS, problems } from '../../problem-schema.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { asText, CartOut, CartPath, NoContent, named, response } from '../../schemas.ts'
import { requireCartId } from '../input.ts'
import { changeCart } from './change-route.ts'

const MergeBody = Type.Object(
  {
    from_cart_id: Type.String({ format: 'uuid' }),
    strategy: Type.Optional(
      Type.Unsafe<MergeStrategy>({ type: 'string', enum: ['sum', 'max', 'keep'], default: 'sum' }),
    ),
  },
  { additionalProperties: false },
)

named(MergeBody, 'Merge')

export function registerMerge(app: App, context: RouteContext): void {
  const { store, text, clock, access } = context
  app.post(
    '/shopping-carts/:id/merge',
    {
      config: { keyed: true },
      schema: {
        operationId: 'merge',
        summary: 'Move the lines of another cart into this one',
        tags: ['carts'],
        params: CartPath,
        body: MergeBody,
        response: {
          200: response('The cart after the merge.', asText(CartOut)),
          204: response(
            'The merge was made, but the cart could not be read afterwards.',
            NoContent,
          ),
          ...problems(...CHANGE, ...BODY, ...LIMITS, 'CART_MERGES_LIMIT'),
        },
      },
    },
    async (request, reply) => {
      const { from_cart_id, strategy = 'sum' } = request.body
      const fromCartId = requireCartId(from_cart_id)
      const cartId = requireCartId(request.params.id)
      if (fromCartId === cartId)
        throw new CartError('VALIDATION_FAILED', 'from_cart_id must be another cart')
      await access.requireSource(request, fromCartId)
      const merged = await changeCart(
        context,
        request,
        (id, { ifVersion: _, ...terms }) => store.mergeCart(id, { fromCartId, strategy }, terms),
        { from_cart_id: fromCartId, strategy: strategy === 'sum' ? undefined : strategy },
      )
      const cart = await cartIfReadable(store, cartId, clock(), request.log)
      // An error would deny a merge that was made.
      if (cart === undefined) return setVersion(reply, merged).code(204).send()
      setVersion(reply, { version: cart.version, replayed: merged.replayed }).type(JSON_TYPE)
      return text.cart(cart)
    },
  )
}

/** Why a cart cannot be read at the moment: it was deleted, or its database does not serve the read. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'CART_NOT_FOUND',
  'STORE_BUSY',
  'STORE_TIMEOUT',
  'STORE_UNAVAILABLE',
  'HOME_UNAVAILABLE',
])

/** The cart, or `undefined` if it cannot be read. Failures that do not pass by themselves are logged. */
async function cartIfReadable(
  store: CartStore,
  cartId: string,
  now: number,
  log: FastifyBaseLogger,
): Promise<Cart | undefined> {
  try {
    return await store.getCart(cartId, { now, consistency: 'strong' })
  } catch (given) {
    const error = toCartError(given)
    if (!UNREADABLE.has(error.code))
      log.error({ err: error, cause: error.cause }, `${error.code} in the read after a merge`)
    return undefined
  }
}
