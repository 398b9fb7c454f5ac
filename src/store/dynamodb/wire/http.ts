import { type Dispatcher, Pool } from 'undici'
import { DynamoFailure } from '../failure.ts'
import type { HttpOptions, Transport } from '../transport.ts'

/** One HTTP request to DynamoDB's endpoint. */
export interface HttpRequest {
  /** By lower-case names. */
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** Sends one request, once. Rejects with a `DynamoFailure` when there is no complete response. */
export type Exchange = (request: HttpRequest) => Promise<HttpResponse>

export interface Http extends Pick<Transport, 'use' | 'destroy'> {
  readonly exchange: Exchange
}

/** A pool of connections to `origin`, over which every request is a POST to `path`. */
export function openHttp(origin: string, path: string, options: HttpOptions): Http {
  const pool = new Pool(origin, {
    connections: options.connections,
    connect: { timeout: options.connectTimeoutMs },
    keepAliveTimeout: options.idleMs,
    keepAliveMaxTimeout: options.idleMs,
    // The timer of the request covers headers, body and the wait for a connection.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  })
  const request = { path, method: 'POST' as const }
  return {
    exchange: ({ headers, body }) =>
      new Promise((resolve, reject) => {
        const handler = new ResponseHandler(options.requestTimeoutMs, resolve, reject)
        pool.dispatch({ ...request, headers, body }, handler)
      }),
    use() {
      const { running, free, pending } = pool.stats
      return { active: running, idle: free, waiting: pending, limit: options.connections }
    },
    destroy: () => pool.destroy(),
  }
}

/** Collects a response. A class, because undici calls methods of one object for each part of the response. */
class ResponseHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #late: DynamoFailure | undefined
  #status = 0
  #headers: HttpResponse['headers'] = {}

  constructor(
    timeoutMs: number,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#timer = setTimeout(() => this.#giveUp(timeoutMs), timeoutMs)
  }

  /** undici calls this just before it writes the first byte. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#late !== undefined) controller.abort(this.#late)
    else this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse['headers'],
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
    this.#reject(this.#late ?? networkFailure(error, this.#controller !== undefined))
  }

  #giveUp(timeoutMs: number): void {
    this.#late =
      this.#controller === undefined
        ? DynamoFailure.noConnection(timeoutMs)
        : DynamoFailure.noResponse(timeoutMs)
    this.#reject(this.#late)
    this.#controller?.abort(this.#late)
  }
}

function networkFailure(error: Error, sent: boolean): DynamoFailure {
  const code = 'code' in error ? String(error.code) : undefined
  return new DynamoFailure(error.message, { name: 'NetworkError', code, sent, cause: error })
}
