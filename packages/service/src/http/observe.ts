import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Observe } from '../observe/observe.ts'
import type { RequestSpan } from '../observe/spans.ts'
import { parseTraceParent } from '../observe/trace-context.ts'
import { redactedQuery } from '../observe/url-query.ts'
import { clientAddress } from './client-address.ts'
import { lateChild, openRequestLog } from './request-log.ts'
import type { App } from './route-context.ts'

/** nginx's status for a request whose client disconnected before the response; never sent. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Counts, traces and logs the requests of `app`. Install it before anything that can refuse a request, so that refusals count too. Every log line of a request has its trace id, the caller's or ours.
 */
export function installObserve(
  app: App,
  { metrics, tracing }: Observe,
  logger: FastifyBaseLogger,
): void {
  const logResponse = openRequestLog(logger)
  const spans = new WeakMap<FastifyRequest, RequestSpan>()

  app.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions } = request
    const route = routeOptions.url
    const started = performance.now()
    const over = metrics.requestArrived(method, route ?? 'none')
    const parent = parseTraceParent(request.headers.traceparent)
    const span =
      tracing === undefined || isProbe(route)
        ? undefined
        : tracing.startRequest(startOf(request, route, parent))
    if (span !== undefined) spans.set(request, span)
    const traceId = span?.traceId ?? parent?.traceId
    const spanId = span?.spanId
    const bindings = { reqId: request.id, trace_id: traceId, span_id: spanId }
    request.log = reply.log = lateChild(logger, bindings)
    const { raw } = reply
    let isOver = false
    const end = (status: number | undefined) => {
      if (isOver) return
      isOver = true
      over(status ?? CLIENT_CLOSED_REQUEST)
      span?.end(status)
    }
    // Events and not the onResponse hook, which adds more listeners and does not run for every lost connection. A request
    // without a response leaves no log line. 'finish' counts what is logged; 'close' alone would count it later.
    raw.once('finish', () => {
      end(raw.statusCode)
      if (!request.isShed)
        logResponse({ request, status: raw.statusCode, started, traceId, spanId })
    })
    raw.on('close', () => end(raw.writableEnded ? raw.statusCode : undefined))
    done()
  })

  // Here and not in onRequest: the body arrives in the context of the connection, so the span would be lost.
  if (tracing !== undefined)
    app.addHook('preHandler', (request, _reply, done) => {
      const span = spans.get(request)
      if (span === undefined) done()
      else span.run(done)
    })
}

/** Health checks and scrapes come every few seconds and would hide the traces of customers. */
function isProbe(route: string | undefined): boolean {
  return route === '/metrics' || route?.startsWith('/health') === true
}

function startOf(
  request: FastifyRequest,
  route: string | undefined,
  parent: ReturnType<typeof parseTraceParent>,
) {
  const { tracestate } = request.headers
  return {
    method: request.method,
    route,
    path: request.url.split('?', 1)[0] ?? '',
    query: redactedQuery(request.url),
    scheme: request.protocol,
    host: request.hostname,
    port: request.port ?? undefined,
    clientAddress: clientAddress(request),
    userAgent: request.headers['user-agent'],
    protocolVersion: request.raw.httpVersion,
    parent,
    traceState: typeof tracestate === 'string' ? tracestate : undefined,
  }
}
