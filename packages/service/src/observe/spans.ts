import type { StoreObserver } from './observed-store.ts'
import type { TraceParent } from './trace-context.ts'

/** How spans are sent to the collector. */
export type OtlpProtocol = 'http/json' | 'http/protobuf'

/** Spans of requests and of the store operations beneath them. */
export interface Tracing {
  startRequest(request: RequestStart): RequestSpan
  /** For `observed`: a span for each store operation of a request. */
  readonly traceOperation: StoreObserver
  /** Sends the remaining spans, for at most three seconds. */
  stop(): Promise<void>
}

export interface RequestStart {
  readonly method: string
  /** The pattern of the route; `undefined` when no route matched. */
  readonly route: string | undefined
  readonly path: string
  /** See `redactedQuery`. */
  readonly query: string | undefined
  readonly scheme: string
  readonly host: string
  readonly port: number | undefined
  readonly clientAddress: string
  readonly userAgent: string | undefined
  readonly protocolVersion: string
  readonly parent: TraceParent | undefined
  readonly traceState: string | undefined
}

export interface RequestSpan {
  readonly traceId: string
  readonly spanId: string
  /** Calls `work`. Store operations that it starts, also later, belong to this request. */
  run(work: () => void): void
  /** The request is over; `undefined` when the client disconnected before the response. */
  end(status: number | undefined): void
}
