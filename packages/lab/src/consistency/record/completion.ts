import { CONDITION_FAILED, type Operation } from '@pushcart/histories'
import type { OperationResponse } from '../../cart-api/cart-client.ts'
import type { CartApi } from '../../cart-api/compile-api.ts'
import type { Invocation } from './invocation.ts'

/** What is recorded of a response. */
export type Completion = Pick<
  Operation,
  'status' | 'error' | 'version' | 'lines' | 'cart_status' | 'carts' | 'cart'
>

const LOST: Pick<Operation, 'status'> = { status: 'info' }

/**
 * What a response says of its operation. The outcome stays open unless the response certainly says that the operation
 * was applied, or that it was not: after a lost response, a server error, a redirect, or a success of another shape than
 * the API's.
 */
export function completionOf(
  api: CartApi,
  invocation: Invocation,
  response: OperationResponse,
): Completion {
  const { cart } = invocation
  const { status, error: lost } = response
  if (lost !== undefined) return { cart, ...LOST }
  const problem = api.read.problem(response.body)
  if (problem === 'failed') return { cart, ...LOST }
  if (problem === undefined && status >= 200 && status < 300)
    return { cart, ...successOf(api, invocation, response) }
  const error = refusalOf(api, invocation, response)
  return error === undefined ? { cart, ...LOST } : { cart, status: 'fail', error }
}

function successOf(
  api: CartApi,
  { kind }: Invocation,
  response: OperationResponse,
): Omit<Completion, 'cart'> & { cart?: string } {
  // The response of a merge shows the cart as it is now, which others may have changed since.
  const version = kind === 'merge' ? undefined : api.read.version(response)
  if (kind === 'create') {
    const { cart } = response
    return cart === undefined ? LOST : { status: 'ok', cart, version }
  }
  if (kind !== 'get') return { status: 'ok', version }
  const lines = api.read.units(response.body)
  if (lines === undefined) return LOST
  return { status: 'ok', version, lines, cart_status: api.read.status(response.body) }
}

/**
 * Why the operation was certainly not applied; `undefined` if that is not certain. A refusal with a code that we do not
 * know says nothing about the cart, except for a read that finds none.
 */
function refusalOf(
  { read, errors }: CartApi,
  { kind }: Invocation,
  { status, body }: OperationResponse,
): string | undefined {
  const code = read.errorCode(body)
  if (status >= 500)
    return code !== undefined && errors.nothing_changed?.includes(code)
      ? code.toLowerCase()
      : undefined
  if (status === 408) return undefined
  // Below 400 only a body that says so is a refusal.
  if (status < 400 && read.problem(body) !== 'refused') return undefined
  if (kind === 'get' && status === 404) return 'not_found'
  if (status === 412) return CONDITION_FAILED
  if (code === undefined) return status < 400 ? 'refused' : `http_${status}`
  return errors.refusals?.[code] ?? code.toLowerCase()
}
