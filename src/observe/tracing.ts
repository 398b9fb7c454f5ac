import type { FastifyBaseLogger } from 'fastify'
import { ConfigError } from '../config-error.ts'
import type { StoreObserver } from './observed-store.ts'
import type { TraceParent } from './trace-context.ts'

/** Spans of requests and of the store operations beneath them. */
export interface Tracing {
  startRequest(request: RequestStart): RequestSpan
  /** For `observed`: a span for each operation that a request leads to. */
  readonly traceOperation: StoreObserver
  /** Sends what is left, for at most three seconds. */
  stop(): Promise<void>
}

export interface RequestStart {
  readonly method: string
  /** The pattern of the route, `undefined` when there is none. */
  readonly route: string | undefined
  readonly path: string
  readonly scheme: string
  readonly host: string
  readonly clientAddress: string
  readonly userAgent: string | undefined
  readonly protocolVersion: string
  readonly parent: TraceParent | undefined
  readonly traceState: string | undefined
}

export interface RequestSpan {
  readonly traceId: string
  readonly spanId: string
  /** Calls `work`; store operations that it leads to, also later, belong to this request. */
  run(work: () => void): void
  /** The request is over; `undefined` when the client left before it had its answer. */
  end(status: number | undefined): void
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const

/**
 * Opens tracing when `env` names an OTLP endpoint; `undefined` otherwise, and then its SDK is not
 * loaded. The standard variables of OpenTelemetry hold (headers, sampler, service name, batches, ...).
 *
 * @throws ConfigError when the endpoint is no URL
 */
export async function openTracing(
  env: Readonly<Record<string, string | undefined>>,
  logger: FastifyBaseLogger,
): Promise<Tracing | undefined> {
  const name = ENDPOINTS.find((candidate) => (env[candidate] ?? '') !== '')
  if (name === undefined) return undefined
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none')
    return undefined
  if (!/^https?:\/\/./.test(env[name] ?? '') || !URL.canParse(env[name] ?? ''))
    throw new ConfigError(`${name} is not an http or https URL`)
  if (env.OTEL_EXPORTER_OTLP_PROTOCOL === 'grpc')
    logger.warn('OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported: spans are sent over HTTP')
  const { startOtlpTracing } = await import('./otlp-tracing.ts')
  return startOtlpTracing(logger)
}
