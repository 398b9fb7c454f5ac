import type { Line } from '@pushcart/histories'
import { type Access, customerOf, keepsCarts, plainAccess } from './access.ts'
import type { ApiOperation, Values } from './api.ts'
import { EMPTY_STATE, newCustomers, stateAfter } from './cart-state.ts'
import { compileAccess } from './compile-access.ts'
import type { CartApi, CompiledOperation } from './compile-api.ts'
import { cookieHeader } from './cookies.ts'
import {
  type Exchange,
  type ExchangeOptions,
  type HttpRequest,
  type HttpResponse,
  openExchange,
} from './exchange.ts'
import { createRedaction } from './redaction.ts'

/** The response to an operation, and its request. */
export interface OperationResponse extends HttpResponse {
  readonly request?: HttpRequest
  /** The cart that an accepted create made. */
  readonly cart?: string | undefined
}

/** A response compared with what the API promises: `error` also says which status or shape it lacks. */
export interface CartResponse extends OperationResponse {
  /** The cart that a successful create made; `null` for every other response. */
  readonly cartId: string | null
  /** The lines that a successful get shows; `null` for every other response. */
  readonly lines: readonly Line[] | null
}

/** Sends operations of the cart API to one service. Nothing rejects. */
export interface CartClient extends Omit<Exchange, 'send'> {
  readonly api: CartApi
  readonly access: Access
  /** Sends an operation and returns its response, whatever it is; `error` only where it is not whole. */
  ask(operation: ApiOperation, values: Values): Promise<OperationResponse>
  /** Sends an operation that has to succeed. */
  send(operation: ApiOperation, values: Values): Promise<CartResponse>
  /** Whether the service has set cookies that the API file does not say to keep. */
  ignoresCookies(): boolean
  /** Hides what must not be shown. */
  redact(text: string): string
}

export interface CartClientOptions extends Omit<ExchangeOptions, 'headers' | 'tls'> {
  /** How the service is spoken to; by default as pushcart is. */
  readonly access?: Access | undefined
}

/** @throws UsageError when `host` is no usable URL */
export function openCartClient(host: string, options: CartClientOptions = {}): CartClient {
  const { access = plainAccess(), ...more } = options
  const { headers, tls } = access
  return createCartClient(openExchange(host, { ...more, headers, tls }), access)
}

export function createCartClient(exchange: Exchange, access: Access = plainAccess()): CartClient {
  const { send, ...connection } = exchange
  const api = compileAccess(access)
  const redact = createRedaction(access)
  const keeps = keepsCarts(access)
  const newCustomer = newCustomers()
  let ignored = false

  function requestOf(compiled: CompiledOperation, values: Values): HttpRequest {
    const state = keeps ? access.carts.get(values.cart ?? '') : undefined
    const request = compiled.request({ ...values, ...state?.captured })
    if (access.api.cookies === undefined) return request
    const cookie = cookieHeader({ ...access.cookies, ...state?.cookies })
    return cookie === undefined ? request : { ...request, headers: { ...request.headers, cookie } }
  }

  function keep(cart: string, { capture }: CompiledOperation, response: HttpResponse): void {
    const before = access.carts.get(cart) ?? EMPTY_STATE
    access.carts.set(cart, stateAfter(before, access, capture, response))
  }

  function needsLine(operation: ApiOperation, compiled: CompiledOperation): boolean {
    const changesLine = operation === 'set' || operation === 'remove'
    return changesLine && access.api.cart.line !== undefined && compiled.needsLine
  }

  /** The values with the id of the line; `undefined` where the cart shows none of this product. */
  async function withLine(values: Values): Promise<Values | undefined> {
    const { body } = await ask('get', { cart: values.cart })
    const line = api.read.lineId(body, String(values.product))
    return line === undefined ? undefined : { ...values, line }
  }

  async function ask(operation: ApiOperation, given: Values): Promise<OperationResponse> {
    const compiled = api.operation(operation)
    const owned = withCustomer(operation, given)
    const values = needsLine(operation, compiled) ? await withLine(owned) : owned
    if (values === undefined) return NO_LINE
    const request = requestOf(compiled, values)
    const response = await send(request)
    ignored ||= access.api.cookies === undefined && response.headers?.['set-cookie'] !== undefined
    if (operation === 'create') return created(compiled, values, request, response)
    if (keeps && values.cart !== undefined && response.error === undefined)
      keep(values.cart, compiled, response)
    return { ...response, request }
  }

  function withCustomer(operation: ApiOperation, values: Values): Values {
    if (values.customer === undefined) return values
    const isNew = operation === 'create' && api.cartIsCustomer
    return { ...values, customer: isNew ? newCustomer() : customerOf(access, values.customer) }
  }

  function created(
    compiled: CompiledOperation,
    { customer }: Values,
    request: HttpRequest,
    response: HttpResponse,
  ): OperationResponse {
    const { status, body, error } = response
    const isMade = error === undefined && compiled.accepts(status)
    const cart = api.cartIsCustomer ? String(customer) : api.read.cartId(body)
    if (!isMade || cart === undefined || api.read.problem(body) !== undefined)
      return { ...response, request }
    if (keeps) keep(cart, compiled, response)
    return { ...response, request, cart }
  }

  return {
    ...connection,
    api,
    access,
    ask,
    send: async (operation, values) => judge(api, operation, await ask(operation, values)),
    ignoresCookies: () => ignored,
    redact,
  }
}

/** Nothing was sent, since the cart shows no line to change: a refusal that says nothing about the cart. */
const NO_LINE: OperationResponse = { status: 404, body: undefined, ms: 0, startedAt: 0 }

function judge(api: CartApi, operation: ApiOperation, response: OperationResponse): CartResponse {
  const { accepts, expected } = api.operation(operation)
  const { status, body } = response
  const failed = (error: string) => ({ ...response, error, cartId: null, lines: null })
  if (response.error !== undefined) return failed(response.error)
  const code = () => api.read.errorCode(body)
  if (!accepts(status))
    return failed(
      `expected ${expected}, got ${code() === undefined ? status : `${status} ${code()}`}`,
    )
  const problem = api.read.problem(body)
  if (problem !== undefined) return failed(code() === undefined ? problem : `${problem}: ${code()}`)
  const cartId = operation === 'create' ? response.cart : null
  if (cartId === undefined) return failed(`the response has ${api.noCartId}`)
  const lines = operation === 'get' ? api.read.lines(body) : null
  if (lines === undefined) return failed('the response has no cart items')
  return { ...response, cartId, lines }
}
