import { LabError, UnreachableError } from '../errors/lab-error.ts'
import { type Access, productsOf } from './access.ts'
import type { Id, SetUpStep, Values } from './api.ts'
import { captureFrom } from './capture.ts'
import { compileRequest } from './compile-api.ts'
import { cookieHeader, withSetCookies } from './cookies.ts'
import { describeExchange, describeRequest } from './describe-exchange.ts'
import { type Exchange, type HttpResponse, openExchange } from './exchange.ts'
import { compileAll } from './pointer.ts'
import { textOf } from './read-response.ts'
import { createRedaction } from './redaction.ts'

/** The set-up sequence of an API did not succeed. */
export class SetUpFailed extends LabError {
  override readonly name = 'SetUpFailed'
}

export interface SetUpOptions {
  readonly signal?: AbortSignal | undefined
  /** Called after each step, with its request and what was found, without secrets. */
  readonly onStep?:
    | ((request: string, status: number, found: readonly string[]) => void)
    | undefined
}

/**
 * Sends the set-up sequence of an API to one service.
 *
 * @returns the access to that service: with the captured values and the products that the service has, unless others
 *   were given, and with carts of its own
 * @throws UnreachableError, SetUpFailed, UsageError for a placeholder that nothing fills
 */
export async function setUp(
  host: string,
  given: Access,
  { signal, onStep }: SetUpOptions = {},
): Promise<Access> {
  let access: Access = { ...given, carts: new Map() }
  const steps = given.api.setup ?? []
  if (steps.length === 0) return access
  const exchange = openExchange(host, { signal, headers: given.headers, tls: given.tls })
  try {
    for (const step of steps) access = await execute(step, access, exchange, onStep)
    return { ...access, products: given.products ?? access.products }
  } finally {
    await exchange.close()
  }
}

async function execute(
  step: SetUpStep,
  access: Access,
  exchange: Exchange,
  onStep: SetUpOptions['onStep'],
): Promise<Access> {
  if (step.each === undefined) return send(step, {}, access, exchange, onStep)
  // Products that are created one by one are few: the first hundred numbers unless ids are given.
  const products = access.products ?? productsOf(access).slice(0, MAX_CREATED)
  let next: Access = { ...access, products }
  for (const product of products) next = await send(step, { product }, next, exchange, onStep)
  return next
}

const MAX_CREATED = 100

async function send(
  step: SetUpStep,
  values: Values,
  access: Access,
  exchange: Exchange,
  onStep: SetUpOptions['onStep'],
): Promise<Access> {
  const compiled = compileRequest(step, access.session)
  const plain = compiled.request(values)
  const cookie = cookieHeader(access.cookies)
  const request = { ...plain, headers: { ...plain.headers, ...(cookie && { cookie }) } }
  const response = await exchange.send(request)
  if (response.status === 0)
    throw new UnreachableError(exchange.host, response.error ?? 'no response')
  const captured = captureFrom(compiled.capture, response)
  const next = stateOf(step, access, captured, response)
  const why = problemOf(step, next, captured, response)
  if (why !== undefined) {
    const shown = describeExchange(request, response, createRedaction(next))
    throw new SetUpFailed(`${exchange.host}: set-up: ${why}: ${shown}`)
  }
  const names = Object.keys(captured).map((name) => `session.${name}`)
  const listed = step.products === undefined ? [] : [`${next.products?.length ?? 0} products`]
  onStep?.(describeRequest(request, createRedaction(next)), response.status, [...names, ...listed])
  return next
}

/** The access with what a step has found. */
function stateOf(
  step: SetUpStep,
  access: Access,
  captured: Readonly<Record<string, string>>,
  { body, headers }: HttpResponse,
): Access {
  const found = Object.entries(captured).map(([name, value]) => [`session.${name}`, value])
  return {
    ...access,
    cookies:
      access.api.cookies === 'session' ? withSetCookies(access.cookies, headers) : access.cookies,
    session: { ...access.session, ...Object.fromEntries(found) },
    products: step.products === undefined ? access.products : productIds(step, body),
  }
}

function problemOf(
  step: SetUpStep,
  { products }: Access,
  captured: Readonly<Record<string, string>>,
  { status, error }: HttpResponse,
): string | undefined {
  if (error !== undefined) return error
  if (!step.accepts.includes(status)) return `expected ${step.accepts.join(' or ')}, got ${status}`
  const missing = Object.keys(step.capture ?? {}).find((name) => !(name in captured))
  if (missing !== undefined) return `the response has no ${missing}`
  return step.products !== undefined && products?.length === 0
    ? 'the response lists no products'
    : undefined
}

function productIds({ products = '' }: SetUpStep, body: unknown): readonly Id[] {
  const found = compileAll(products)(body) ?? []
  // An id of digits only stays a number where JSON has a number.
  return found.flatMap((id): Id[] => {
    const text = textOf(id)
    return typeof id === 'number' ? [id] : text === undefined ? [] : [text]
  })
}
