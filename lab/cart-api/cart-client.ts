import type { Line } from '../../packages/histories/src/history/operation.ts'
import {
  type Exchange,
  type ExchangeOptions,
  type HttpResponse,
  openExchange,
} from '../http/exchange.ts'
import type { ApiOperation, Values } from './api.ts'
import type { CartApi } from './compile-api.ts'
import { pushcartApi } from './pushcart-api.ts'

/** A response compared with what the API promises: `error` also says which status or shape it lacks. */
export interface CartResponse extends HttpResponse {
  /** The cart that a successful create made; `null` for every other response. */
  readonly cartId: string | null
  /** The lines that a successful get shows; `null` for every other response. */
  readonly lines: readonly Line[] | null
}

/** Sends operations of the cart API to one service. Nothing rejects. */
export interface CartClient extends Omit<Exchange, 'send'> {
  readonly api: CartApi
  /** Sends an operation and returns its response, whatever it is; `error` only where it is not whole. */
  ask(operation: ApiOperation, values: Values): Promise<HttpResponse>
  /** Sends an operation that has to succeed. */
  send(operation: ApiOperation, values: Values): Promise<CartResponse>
}

/** @throws UsageError when `host` is no usable URL */
export function openCartClient(host: string, options: ExchangeOptions = {}): CartClient {
  return createCartClient(openExchange(host, options))
}

export function createCartClient(exchange: Exchange, api: CartApi = pushcartApi): CartClient {
  const { send, ...connection } = exchange
  const ask = (operation: ApiOperation, values: Values) =>
    send(api.operation(operation).request(values))
  return {
    ...connection,
    api,
    ask,
    send: async (operation, values) => judge(api, operation, await ask(operation, values)),
  }
}

function judge(api: CartApi, operation: ApiOperation, response: HttpResponse): CartResponse {
  const { accepts, expected } = api.operation(operation)
  const { status, body } = response
  const failed = (error: string) => ({ ...response, error, cartId: null, lines: null })
  if (response.error !== undefined) return failed(response.error)
  if (!accepts(status)) {
    const code = api.read.errorCode(body)
    return failed(`expected ${expected}, got ${code === undefined ? status : `${status} ${code}`}`)
  }
  const cartId = operation === 'create' ? api.read.cartId(body) : null
  if (cartId === undefined) return failed(`the response has ${api.noCartId}`)
  const lines = operation === 'get' ? api.read.lines(body) : null
  if (lines === undefined) return failed('the response has no cart items')
  return { ...response, cartId, lines }
}
