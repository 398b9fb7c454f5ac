import { exchange, type Incoming, type Outgoing } from './exchange.ts'
import type { CallOptions, ConditionalChangeOptions, PushcartClientOptions } from './options.ts'
import { withRetries } from './retry.ts'

/** What is asked of the service, before it is made into HTTP. */
export interface Ask {
  readonly method: Outgoing['method']
  /** As `path` made it. */
  readonly path: string
  /** What is `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly expected: readonly number[]
}

/** Sends requests to one service, again where that is safe and may help. */
export interface Connection {
  /** For requests that change nothing when they are repeated. */
  read(ask: Ask, options: CallOptions): Promise<Incoming>
  /** For changes: every try carries one and the same idempotency key, so that together they count once. */
  change(ask: Ask, options: ConditionalChangeOptions): Promise<Incoming>
}

const JSON_TYPE = 'application/json'
const TIMEOUT_MS = 10_000
const RETRIES = 3
/** Timers count in 32 bits. */
const MOST_TIMEOUT_MS = 2 ** 31 - 1

/** @throws TypeError when `baseUrl` is no http or https URL, or a number makes no sense */
export function openConnection(options: PushcartClientOptions): Connection {
  const base = readBaseUrl(options.baseUrl)
  const timeoutMs = wholeNumber('timeoutMs', options.timeoutMs ?? TIMEOUT_MS, 1, MOST_TIMEOUT_MS)
  const retries = wholeNumber('retries', options.retries ?? RETRIES, 0)
  const { token, fetch = globalThis.fetch } = options

  const send = async (ask: Ask, headers: Record<string, string>, signal?: AbortSignal) => {
    const { method, path, query = {}, body, expected } = ask
    return withRetries(
      async () => {
        const request = {
          method,
          url: `${base}${path}${queryText(query)}`,
          headers: new Headers({ ...headers, ...(await authorization(token)) }),
          body: body === undefined ? undefined : JSON.stringify(body),
        }
        // Not `options.fetch(...)`: browsers refuse a fetch that is called as another object's method.
        return exchange(request, {
          fetch: (...args) => fetch(...args),
          timeoutMs,
          signal,
          expected,
        })
      },
      retries,
      signal,
    )
  }

  return {
    read: (ask, { signal }) => send(ask, { accept: JSON_TYPE, ...ask.headers }, signal),
    change: (ask, { signal, idempotencyKey = randomKey(), ifMatch }) => {
      const headers: Record<string, string> = {
        accept: JSON_TYPE,
        'idempotency-key': idempotencyKey,
      }
      if (ask.body !== undefined) headers['content-type'] = JSON_TYPE
      if (ifMatch !== undefined) headers['if-match'] = `"${wholeNumber('ifMatch', ifMatch, 0)}"`
      return send(ask, headers, signal)
    },
  }
}

/**
 * A path of these segments.
 *
 * @throws TypeError for a segment that a URL cannot carry: every URL parser takes `.` and `..` for steps in the
 *   path, also percent-encoded, so the request would go elsewhere
 */
export function path(...segments: (string | number)[]): string {
  return segments
    .map((segment) => {
      const text = String(segment)
      if (text === '' || text === '.' || text === '..')
        throw new TypeError(`${JSON.stringify(text)} cannot be part of an address`)
      return `/${encodeURIComponent(text)}`
    })
    .join('')
}

function readBaseUrl(baseUrl: string | URL): string {
  const { protocol, origin, pathname } = new URL(baseUrl)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`baseUrl must be an http or https URL, not ${protocol}`)
  return origin + pathname.replace(/\/+$/, '')
}

function wholeNumber(
  name: string,
  value: number,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw new TypeError(`${name} must be an integer from ${minimum} to ${maximum}, not ${value}`)
  return value
}

function queryText(query: NonNullable<Ask['query']>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

async function authorization(token: PushcartClientOptions['token']) {
  if (token === undefined) return {}
  const text = typeof token === 'string' ? token : await token()
  // fetch would refuse it too, but with the token in its message.
  if (!/^[!-~]+$/.test(text)) throw new TypeError('the token must be of visible ASCII characters')
  return { authorization: `Bearer ${text}` }
}

/** 128 random bits. Not `randomUUID`, which browsers have on https pages only. */
function randomKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
