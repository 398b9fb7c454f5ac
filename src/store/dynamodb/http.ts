import { type Dispatcher, Pool } from 'undici'
import type { PoolUse } from '../store-events.ts'
import { DynamoFailure } from './failure.ts'

/** One HTTP request to DynamoDB's endpoint. */
export interface HttpRequest {
  /** By lower-case names. */
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** Sends one request, once. Rejects with a `DynamoFailure` when there is no whole answer. */
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>

export interface HttpOptions {
  /** Concurrent requests; more wait in line within their own timeout. */
  readonly connections: number
  readonly connectTimeoutMs: number
  /** From the call to the last byte of the answer, waiting in line included. */
  readonly requestTimeoutMs: number
  /** A connection idle for longer is closed by us, before the other end does so under a request. */
  readonly idleMs: number
}

export interface Http {
  readonly exchange: Exchange
  use(): PoolUse
  /** Drops all connections; requests in flight fail. */
  destroy(): Promise<void>
}

/** A pool of connections to `origin`, over which every request is a POST to `path`. */
export function openHttp(origin: string, path: string, options: HttpOptions): Http {
  const pool = new Pool(origin, {
    connections: options.connections,
    connect: { timeout: options.connectTimeoutMs },
    keepAliveTimeout: options.idleMs,
    keepAliveMaxTimeout: options.idleMs,
    // The timer of the request covers these, and the wait for a connection too.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  })
  const request = { path, method: 'POST' as const }
  return {
    exchange: ({ headers, body }) =>
      new Promise((resolve, reject) => {
        const handler = new AnswerHandler(options.requestTimeoutMs, resolve, reject)
        pool.dispatch({ ...request, headers, body }, handler)
      }),
    use() {
      const { running, free, pending } = pool.stats
      return { active: running, idle: free, waiting: pending, limit: options.connections }
    },
    destroy: () => pool.destroy(),
  }
}

/** Collects an answer. A class, because undici calls methods of one object for each part of it. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void
  readonly #reject: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #late: DynamoFailure | undefined
  #status = 0
  #headers: HttpAnswer['headers'] = {}

  constructor(
    timeoutMs: number,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#timer = setTimeout(() => this.#giveUp(timeoutMs), timeoutMs)
  }

  /** Called just before the first byte is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#late !== undefined) controller.abort(this.#late)
    else this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpAnswer['headers'],
  ): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer)
    const [first = Buffer.alloc(0), ...more] = this.#chunks
    const body = more.length === 0 ? first : Buffer.concat(this.#chunks)
    this.#resolve({ status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer)
    this.#reject(this.#late ?? noAnswer(error, this.#controller !== undefined))
  }

  #giveUp(timeoutMs: number): void {
    const sent = this.#controller !== undefined
    this.#late = sent
      ? new DynamoFailure(`No answer within ${timeoutMs} ms`, { name: 'TimeoutError' })
      : new DynamoFailure(`No connection within ${timeoutMs} ms`, { name: 'NoConnection', sent })
    this.#reject(this.#late)
    this.#controller?.abort(this.#late)
  }
}

/** Not sent, or sent and not answered. */
function noAnswer(error: Error, sent: boolean): DynamoFailure {
  const code = 'code' in error ? String(error.code) : undefined
  return new DynamoFailure(error.message, { name: 'NetworkError', code, sent, cause: error })
}
