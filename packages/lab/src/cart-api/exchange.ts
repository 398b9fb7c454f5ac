import { Pool } from 'undici'
import { startDeadline } from './deadline.ts'
import { parseHostUrl } from './host-url.ts'
import { describeNetworkError } from './network-error.ts'
import { parseJson } from './parse-json.ts'
import { createSilenceWatch, type SilenceOptions } from './silence.ts'
import { tlsHint } from './tls-hint.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the path of the host, with its query. */
  readonly path: string
  /** JSON text. */
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The response to one request, or why there is none. */
export interface HttpResponse {
  /** The HTTP status, also when the body was cut off after it; 0 without a response. */
  readonly status: number
  /** The body parsed as JSON; `undefined` when it is empty, cut off or not JSON. */
  readonly body: unknown
  /** The body as it was sent; absent when it was cut off. */
  readonly text?: string | undefined
  /** The `ETag` header as it was sent. */
  readonly etag?: string | undefined
  readonly headers?: HttpHeaders | undefined
  /** Milliseconds from just before sending to the end of the body, or to the failure. */
  readonly ms: number
  /** When it was sent, milliseconds since the epoch. */
  readonly startedAt: number
  /** Why no whole response arrived, in one line; absent when one did. */
  readonly error?: string
}

/** Headers by their names in lower case. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Which certificates are trusted. */
export interface Tls {
  /** Certificates in PEM that are trusted instead of those of Node.js. */
  readonly ca?: string | undefined
  /** Accepts every certificate. */
  readonly insecure?: boolean | undefined
}

export interface ExchangeOptions extends SilenceOptions {
  /** Maximum number of connections, each kept alive between requests. */
  readonly connections?: number | undefined
  /** Maximum time of a request in all. */
  readonly timeoutMs?: number | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly tls?: Tls | undefined
  /** Cuts off requests in flight, and everything sent later. */
  readonly signal?: AbortSignal | undefined
}

/** Sends requests to one host: all that the lab sends, except for the load generator, which has its own transport. */
export interface Exchange {
  /** The URL as it was given. */
  readonly host: string
  /** Sends one request and reads its whole response. Never rejects, never retries, follows no redirect. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Whether the host has never responded, for `silenceMs` since the first request. */
  isSilent(): boolean
  /** When the host last responded, on the clock of `performance.now()`; -Infinity before. */
  heardAt(): number
  /** Drops all connections. */
  close(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 10_000
// A route that drops packets would otherwise hold each request for the whole of its time.
const CONNECT_TIMEOUT_MS = 3000
// A cart of a few hundred lines is well below 1 MB; a body without end must not fill the memory.
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024

/**
 * Opens a pool of keep-alive connections to a host. Connections are opened by requests, and the time to connect is part
 * of the request's time.
 *
 * @throws UsageError when `host` is no usable URL
 */
export function openExchange(host: string, options: ExchangeOptions = {}): Exchange {
  const { origin, prefix } = parseHostUrl(host)
  const { connections = 1, timeoutMs = REQUEST_TIMEOUT_MS, signal, tls = {} } = options
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    // HTTP/2 would put the clients of a concurrency test on one connection.
    allowH2: false,
    connect: {
      timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
      rejectUnauthorized: tls.insecure !== true,
      ...(tls.ca !== undefined && { ca: tls.ca }),
    },
    maxResponseSize: MAX_RESPONSE_BYTES,
  })
  const silence = createSilenceWatch(options)

  return {
    host,
    async send({ method, path, body, headers }) {
      const deadline = startDeadline(timeoutMs, signal)
      silence.sent()
      let status = 0
      const startedAt = Date.now()
      const begun = performance.now()
      const timed = () => ({ ms: performance.now() - begun, startedAt })
      try {
        const response = await pool.request({
          method,
          path: prefix + path,
          headers: { ...headersFor(body), ...headers, ...options.headers },
          body: body ?? null,
          signal: deadline.signal,
        })
        status = response.statusCode
        silence.heard()
        const { etag } = response.headers
        const text = await response.body.text()
        return {
          status,
          body: parseJson(text),
          text,
          headers: response.headers,
          etag: typeof etag === 'string' ? etag : undefined,
          ...timed(),
          ...encoded(response.headers),
        }
      } catch (error) {
        const reason =
          deadline.reason() ??
          (await tlsHint(origin, error, silence.heardAt())) ??
          describeNetworkError(error)
        if (!signal?.aborted) silence.failed(reason)
        return {
          status,
          body: undefined,
          ...timed(),
          error: status === 0 ? reason : `response cut off after status ${status}: ${reason}`,
        }
      } finally {
        deadline.clear()
      }
    },
    isSilent: silence.isSilent,
    heardAt: silence.heardAt,
    close: () => pool.destroy(),
  }
}

function headersFor(body: string | undefined): Record<string, string> {
  const accept = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'pushcart-lab',
  }
  return body === undefined ? accept : { ...accept, 'content-type': 'application/json' }
}

/** A body in an encoding that was not asked for is not read. */
function encoded({ 'content-encoding': encoding = 'identity' }: HttpHeaders) {
  if (encoding === 'identity' || encoding === '') return {}
  const name = JSON.stringify(String(encoding))
  return {
    body: undefined,
    error: `the response is encoded (${name}) although identity was asked for`,
  }
}
