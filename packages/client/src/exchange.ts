import { PushcartError } from './error.ts'
import { parseRetryAfter } from './retry.ts'
import type { Problem } from './types.ts'

/** One HTTP request, ready to be sent as often as need be. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers: Headers
  /** JSON text. */
  readonly body: string | undefined
}

/** A response of a status that was expected. */
export interface Incoming {
  readonly status: number
  readonly headers: Headers
  /** The parsed JSON, an object unless the status says that there is none. */
  readonly body: unknown
}

export interface ExchangeOptions {
  readonly fetch: typeof globalThis.fetch
  /** For the whole response, body included. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** The statuses that count as success. */
  readonly expected: readonly number[]
}

const BODILESS = new Set([204, 304])

/**
 * Sends a request once.
 *
 * @throws PushcartError for every failure but an abort through `signal`, which throws the signal's reason
 */
export async function exchange(request: Outgoing, options: ExchangeOptions): Promise<Incoming> {
  const { signal, timeoutMs } = options
  signal?.throwIfAborted()
  const cutOff = new AbortController()
  const abort = () => cutOff.abort()
  const timer = setTimeout(abort, timeoutMs)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const { method, url, headers, body } = request
    const init = { method, headers, signal: cutOff.signal, ...(body !== undefined && { body }) }
    const response = await options.fetch(url, init)
    const text = await response.text()
    return read(response, text, options.expected)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof PushcartError) throw error
    if (cutOff.signal.aborted) {
      const message = `${request.method} ${request.url}: no answer within ${timeoutMs} ms`
      throw new PushcartError('TIMEOUT', message, { cause: error })
    }
    const message = `${request.method} ${request.url}: ${reasonOf(error)}`
    throw new PushcartError('NETWORK_ERROR', message, { cause: error })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function read(response: Response, text: string, expected: readonly number[]): Incoming {
  const { status, headers } = response
  const body = text === '' ? undefined : parseJson(text)
  if (!expected.includes(status)) throw failure(response, body)
  if (!BODILESS.has(status) && !isObject(body))
    throw unexpected(response, 'the answer is no JSON object')
  return { status, headers, body }
}

function failure(response: Response, body: unknown): PushcartError {
  if (!isProblem(body)) return unexpected(response, `the answer has status ${response.status}`)
  return new PushcartError(body.error, body.message, { ...about(response), problem: body })
}

/** A response that is not the API's. `complaint` says in what way. */
export function unexpected(
  response: Pick<Response, 'status' | 'headers'>,
  complaint: string,
): PushcartError {
  const message = `${complaint}; is this a pushcart service?`
  return new PushcartError('UNEXPECTED_ANSWER', message, about(response))
}

function about({ status, headers }: Pick<Response, 'status' | 'headers'>) {
  return {
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: parseRetryAfter(headers.get('retry-after')),
  }
}

function isProblem(body: unknown): body is Problem {
  return isObject(body) && typeof body.error === 'string' && typeof body.message === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** fetch says only "fetch failed"; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return cause.message || ('code' in cause ? String(cause.code) : error.message)
}
