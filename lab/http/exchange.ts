import { Pool } from 'undici'
import { startDeadline } from './deadline.ts'
import { parseHostUrl } from './host-url.ts'
import { describeNetworkError } from './network-error.ts'
import { createSilenceWatch, type SilenceOptions } from './silence.ts'

/** What came back for one request. */
export interface Answer {
  /** The HTTP status, also when the body was cut off after it; 0 when no answer came. */
  readonly status: number
  /** The body parsed as JSON; `undefined` when it is empty, cut off or not JSON. */
  readonly body: unknown
  /** Milliseconds from just before sending to the whole body read, or to the failure. */
  readonly ms: number
  /** When it was sent, milliseconds since the epoch. */
  readonly startedAt: number
  /** One line saying why it failed; absent when it did not. */
  readonly error?: string
}

export interface ExchangeOptions extends SilenceOptions {
  /** Most connections at once, each kept alive between requests. */
  readonly connections?: number | undefined
  /** How long a request may take in all. */
  readonly timeoutMs?: number | undefined
  /** Cuts off requests in flight, and everything sent later. */
  readonly signal?: AbortSignal | undefined
}

export interface Exchange {
  /** Sends one request and reads its whole answer. Never rejects, never retries, follows no redirect. */
  send(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer>
  /** Whether the host has answered nothing at all for so long that waiting on is no use. */
  isSilent(): boolean
  /** Drops all connections. */
  close(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 10_000
// A route that swallows packets would otherwise hold each request for the whole of its time.
const CONNECT_TIMEOUT_MS = 3000
// A cart of a few hundred lines is well below 1 MB; a body without end must not fill the memory.
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/**
 * Opens a pool of keep-alive connections to a host. Connecting happens with the first request and counts
 * into its time.
 *
 * @throws UsageError when `host` is no usable URL
 */
export function openExchange(host: string, options: ExchangeOptions = {}): Exchange {
  const { origin, prefix } = parseHostUrl(host)
  const { connections = 1, timeoutMs = REQUEST_TIMEOUT_MS, signal } = options
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    // HTTP/2 would put the clients of a concurrency test on one connection.
    allowH2: false,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
    maxResponseSize: MAX_ANSWER_BYTES,
  })
  const silence = createSilenceWatch(options)

  return {
    async send(method, path, body) {
      const payload = body === undefined ? null : JSON.stringify(body)
      const deadline = startDeadline(timeoutMs, signal)
      silence.asked()
      let status = 0
      const startedAt = Date.now()
      const begun = performance.now()
      try {
        const response = await pool.request({
          method,
          path: prefix + path,
          headers: headersFor(payload),
          body: payload,
          signal: deadline.signal,
        })
        status = response.statusCode
        silence.heard()
        const text = await response.body.text()
        return { status, body: parseJson(text), ms: performance.now() - begun, startedAt }
      } catch (error) {
        const reason = deadline.reason() ?? describeNetworkError(error)
        if (!signal?.aborted) silence.failed(reason)
        return {
          status,
          body: undefined,
          ms: performance.now() - begun,
          startedAt,
          error: status === 0 ? reason : `answer cut off after status ${status}: ${reason}`,
        }
      } finally {
        deadline.clear()
      }
    },
    isSilent: silence.isSilent,
    close: () => pool.destroy(),
  }
}

function headersFor(payload: string | null): Record<string, string> {
  const accept = { accept: 'application/json', 'user-agent': 'pushcart-lab' }
  return payload === null ? accept : { ...accept, 'content-type': 'application/json' }
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
