import type { ApiOperation } from './api.ts'
import type { CartClient, OperationResponse } from './cart-client.ts'
import { describeExchange } from './describe-exchange.ts'

/** Why an operation did not succeed, in one line: what was expected, the request, the response, and what to try. */
export function explainRefusal(
  { api, redact, ignoresCookies }: CartClient,
  operation: ApiOperation,
  response: OperationResponse,
): string {
  const { expected, accepts } = api.operation(operation)
  const { status, body, request } = response
  const code = api.read.errorCode(body)
  const refused = accepts(status)
    ? (api.read.problem(body) ?? response.error ?? 'accepted')
    : `expected ${expected}, got ${status}`
  const named = code === undefined ? refused : `${refused} ${code}`
  return `${named}: ${describeExchange(request, response, redact)}; ${ignoresCookies() ? COOKIES : adviceFor(operation, status)}`
}

const COOKIES = 'the service sets cookies: try `cookies: cart` in the API file'

function adviceFor(operation: ApiOperation, status: number): string {
  if (status === 401 || status === 403)
    return 'try --header with a token, or a login in the setup of an API file'
  if (operation === 'add' && status !== 405)
    return 'try --product-ids with existing products, or a setup in an API file that reads or creates some'
  if (operation === 'create')
    return 'try another base path in the URL, --customers with existing customers, or --api FILE'
  return 'try --api FILE, see `pushcart api init`'
}
