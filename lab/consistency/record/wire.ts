import { Pool } from 'undici'
import { startDeadline } from '../../http/deadline.ts'
import { parseHostUrl } from '../../http/host-url.ts'
import { describeNetworkError } from '../../http/network-error.ts'

/** One HTTP request to a cart service. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: object | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What came back. */
export interface Reply {
  /** The HTTP status; 0 when no whole answer came. */
  readonly status: number
  /** The body parsed as JSON; `undefined` when it is empty or not JSON. */
  readonly body: unknown
  /** The `ETag` header as it was sent. */
  readonly etag: string | undefined
  /** Why no whole answer came. */
  readonly lost?: string | undefined
}

/** One instance of the service. */
export interface Wire {
  readonly host: string
  /** Sends one request and reads its whole answer. Never rejects, never retries, follows no redirect. */
  send(request: WireRequest): Promise<Reply>
  /** Drops all connections. */
  close(): Promise<void>
}

export interface WireOptions {
  readonly connections: number
  /** How long a request may take in all. */
  readonly timeoutMs: number
  /** Cuts off requests in flight, and everything sent later. */
  readonly signal?: AbortSignal | undefined
}

const CONNECT_TIMEOUT_MS = 3000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** @throws UsageError when `host` is no usable URL */
export function openWire(host: string, { connections, timeoutMs, signal }: WireOptions): Wire {
  const { origin, prefix } = parseHostUrl(host)
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
    maxResponseSize: MAX_ANSWER_BYTES,
  })
  return {
    host,
    async send({ method, path, body, headers }) {
      const payload = body === undefined ? null : JSON.stringify(body)
      const deadline = startDeadline(timeoutMs, signal)
      try {
        const response = await pool.request({
          method,
          path: prefix + path,
          headers: {
            accept: 'application/json',
            'user-agent': 'pushcart-lab',
            ...(payload !== null && { 'content-type': 'application/json' }),
            ...headers,
          },
          body: payload,
          signal: deadline.signal,
        })
        const text = await response.body.text()
        const etag = response.headers.etag
        return {
          status: response.statusCode,
          body: parseJson(text),
          etag: typeof etag === 'string' ? etag : undefined,
        }
      } catch (error) {
        const lost = deadline.reason() ?? describeNetworkError(error)
        return { status: 0, body: undefined, etag: undefined, lost }
      } finally {
        deadline.clear()
      }
    },
    close: () => pool.destroy(),
  }
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
