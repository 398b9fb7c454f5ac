import type { Operation } from '@pushcart/histories'
import { type ApiOperation, jsonId, type Values } from '../../cart-api/api.ts'
import { tagsOf } from '../../cart-api/entity-tag.ts'

/** What a client asks for: the request half of an operation. */
export type Invocation = Pick<
  Operation,
  | 'kind'
  | 'cart'
  | 'customer'
  | 'lines'
  | 'product'
  | 'from'
  | 'strategy'
  | 'if_version'
  | 'key'
  | 'read'
  | 'min_version'
>

/**
 * The operation of the cart API, and its values.
 *
 * @param modes whether the service knows `consistency=`; else reads are sent without
 */
export function requestOf(invocation: Invocation, modes: boolean): readonly [ApiOperation, Values] {
  const { kind, cart, customer, from, strategy, key, if_version } = invocation
  const lines = invocation.lines?.map(([product, quantity]) => ({
    product: jsonId(product),
    quantity,
  }))
  const [line] = lines ?? []
  const product = invocation.product === undefined ? line?.product : jsonId(invocation.product)
  return [
    kind === 'add' && lines?.length !== 1 ? 'add_many' : kind,
    {
      cart,
      customer: customer === undefined ? undefined : jsonId(customer),
      product,
      quantity: line?.quantity,
      lines,
      from,
      strategy,
      idempotencyKey: key,
      ifMatch: if_version === undefined ? undefined : tagsOf(if_version),
      ...(kind === 'get' && modes && consistencyOf(invocation)),
    },
  ]
}

function consistencyOf({ read, min_version }: Invocation): Values {
  if (read === 'session') return { consistency: 'eventual', minVersion: min_version ?? 0 }
  return { consistency: read }
}
