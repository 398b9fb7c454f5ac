import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node'
import manifest from '@pushcart/service/package.json' with { type: 'json' }
import type { FastifyBaseLogger } from 'fastify'
import { ERRORS } from '../cart/errors.ts'
import { withTimeout } from '../common/with-timeout.ts'
import { databaseAttributes } from './database-attributes.ts'
import type { StoreObserver } from './observed-store.ts'
import type { OtlpProtocol, RequestSpan, RequestStart, Tracing } from './spans.ts'

/** Default of OTEL_EXPORTER_OTLP_TIMEOUT, the maximum time for sending spans. */
const SEND_MS = 2000
/** Maximum time for the last spans, at shutdown. */
const STOP_MS = 3000

/**
 * Tracing with the OpenTelemetry SDK over OTLP. Only `openTracing` loads this file. It registers nothing globally: a
 * separate AsyncLocalStorage carries the span of a request.
 */
export function startOtlpTracing(logger: FastifyBaseLogger, protocol: OtlpProtocol): Tracing {
  const timeout =
    process.env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? process.env.OTEL_EXPORTER_OTLP_TIMEOUT
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter
  const exporter = new Exporter(timeout === undefined ? { timeoutMillis: SEND_MS } : {})
  const provider = new NodeTracerProvider({
    // The default resource describes the SDK; the attributes given by the user come last and win.
    resource: defaultResource().merge(resourceFromAttributes(resourceAttributes(process.env))),
    spanProcessors: [new BatchSpanProcessor(loggingFailures(exporter, logger))],
  })
  const tracer = provider.getTracer('pushcart')
  const current = new AsyncLocalStorage<Context>()

  return {
    startRequest: (request) => startRequest(tracer, current, request),
    traceOperation: traceOperation(tracer, current, databaseAttributes(process.env)),
    async stop() {
      await withTimeout(provider.shutdown(), STOP_MS, () => new Error('timed out')).catch((err) =>
        logger.warn({ err }, 'the last spans could not be sent'),
      )
    },
  }
}

function startRequest(
  tracer: Tracer,
  current: AsyncLocalStorage<Context>,
  { method, route, path, query, parent, traceState, ...request }: RequestStart,
): RequestSpan {
  const outer = parent && {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.flags & 1,
    isRemote: true,
    ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
  }
  const span = tracer.startSpan(
    route === undefined ? method : `${method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': method,
        ...(route === undefined ? {} : { 'http.route': route }),
        'url.path': path,
        ...(query === undefined ? {} : { 'url.query': query }),
        'url.scheme': request.scheme,
        'server.address': request.host,
        ...(request.port === undefined ? {} : { 'server.port': request.port }),
        'client.address': request.clientAddress,
        'network.protocol.version': request.protocolVersion,
        ...(request.userAgent === undefined ? {} : { 'user_agent.original': request.userAgent }),
      },
    },
    outer === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, outer),
  )
  const { traceId, spanId } = span.spanContext()
  return {
    traceId,
    spanId,
    run: (work) => current.run(trace.setSpan(ROOT_CONTEXT, span), work),
    end(status) {
      if (status === undefined) span.setAttribute('error.type', 'client_left')
      else span.setAttribute('http.response.status_code', status)
      if (status !== undefined && status >= 500) {
        span.setAttribute('error.type', String(status))
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}

function traceOperation(
  tracer: Tracer,
  current: AsyncLocalStorage<Context>,
  database: Attributes,
): StoreObserver {
  return (operation) => {
    const context = current.getStore()
    // An operation of the sweeper, which belongs to no request.
    if (context === undefined) return () => {}
    const span = tracer.startSpan(
      `store ${operation}`,
      { kind: SpanKind.CLIENT, attributes: { ...database, 'db.operation.name': operation } },
      context,
    )
    return (outcome) => {
      // A cart that was not found is a result, not a failure of the database.
      if (outcome !== 'ok') span.setAttribute('pushcart.outcome', outcome)
      if (outcome !== 'ok' && ERRORS[outcome].status >= 500) {
        span.setAttribute('error.type', outcome)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    }
  }
}

/** The attributes in OTEL_RESOURCE_ATTRIBUTES (`key=value,...`, percent-encoded) and the name of the service. */
function resourceAttributes(env: NodeJS.ProcessEnv): Record<string, string> {
  const given = (env.OTEL_RESOURCE_ATTRIBUTES ?? '')
    .split(',')
    .map((pair) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair))
    .filter((match) => match !== null)
    .map(([, key = '', value = '']): [string, string] => [key, decoded(value)])
  const attributes = {
    'service.name': 'pushcart',
    'service.version': manifest.version,
    ...Object.fromEntries(given),
  }
  const name = env.OTEL_SERVICE_NAME ?? ''
  return name === '' ? attributes : { ...attributes, 'service.name': name }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Logs one line when the collector becomes unreachable and one when it is reachable again. */
function loggingFailures(exporter: SpanExporter, logger: FastifyBaseLogger): SpanExporter {
  let failing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0
        if (failed && !failing)
          logger.warn(
            { err: result.error },
            'the collector does not accept spans; they are dropped',
          )
        if (!failed && failing) logger.info('the collector accepts spans again')
        failing = failed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}
