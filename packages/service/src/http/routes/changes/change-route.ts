import type { FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../../cart/errors.ts'
import type { Changed, ChangeOptions } from '../../../store/cart-store.ts'
import { BODY, CHANGE, problems } from '../../problem-schema.ts'
import type { RouteContext } from '../../route-context.ts'
import { NoContent, response } from '../../schemas.ts'
import { requireCartId } from '../input.ts'

/** The route takes an `Idempotency-Key` and an `If-Match`. */
export const CHANGE_CONFIG = { keyed: true, matched: true }

/** The part of a schema that all changes with an empty response share. */
export function changeSchema(
  operationId: string,
  summary: string,
  ...errors: readonly ErrorCode[]
) {
  return {
    operationId,
    summary,
    tags: ['carts'],
    response: {
      204: response('The change was made. `ETag` is the new version.', NoContent),
      ...problems(...CHANGE, ...BODY, ...errors),
    },
  }
}

/**
 * Changes the cart in the path, on the terms in the headers, if the caller may access that cart.
 *
 * @param asked see `meaningOf`
 */
export async function changeCart(
  { access, changes }: RouteContext,
  request: FastifyRequest<{ Params: { id: string } }>,
  change: (cartId: string, terms: ChangeOptions) => Promise<Changed>,
  asked?: unknown,
): Promise<Changed> {
  const cartId = requireCartId(request.params.id)
  await access.requireCart(request, cartId)
  return change(cartId, changes.terms(request, asked))
}
