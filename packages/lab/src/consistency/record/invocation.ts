import type { Operation } from '@pushcart/histories'
import type { ApiOperation, Values } from '../../cart-api/api.ts'
import type { CartApi } from '../../cart-api/compile-api.ts'
import { tagsOf } from '../../cart-api/entity-tag.ts'
import { parseId } from '../../cart-api/parse-id.ts'

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
export function requestOf(
  api: CartApi,
  invocation: Invocation,
  modes: boolean,
): readonly [ApiOperation, Values] {
  const { kind, cart, customer, from, strategy, key, if_version } = invocation
  const lines = invocation.lines?.map(([product, quantity]) => ({
    product: parseId(product),
    quantity,
  }))
  const [line] = lines ?? []
  const product = invocation.product === undefined ? line?.product : parseId(invocation.product)
  return [
    operationOf(api, kind, lines?.length ?? 0),
    {
      cart,
      customer: customer === undefined ? undefined : parseId(customer),
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

function operationOf(api: CartApi, kind: Invocation['kind'], lines: number): ApiOperation {
  if (kind === 'add' && lines !== 1) return 'add_many'
  // An add that sets the quantity is a set.
  return kind === 'set' && !api.has('set') && api.addSets ? 'add' : kind
}

function consistencyOf({ read, min_version }: Invocation): Values {
  if (read === 'session') return { consistency: 'eventual', minVersion: min_version ?? 0 }
  return { consistency: read }
}
