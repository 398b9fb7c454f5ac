import type { ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Observe } from '../observe/observe.ts'
import type { RequestSpan } from '../observe/spans.ts'
import { parseTraceParent } from '../observe/trace-context.ts'
import { redactedQuery } from '../observe/url-query.ts'
import { clientAddress } from './client-address.ts'
import { openRequestLog, RequestLogger } from './request-log.ts'
import type { App } from './route-context.ts'

/** nginx's status for a request whose client disconnected before the response; never sent. */
const CLIENT_CLOSED_REQUEST = 499

/** A request in progress. Kept by its response, so that all responses share their listeners. */
class Watched extends RequestLogger {
  span: RequestSpan | undefined
  isOver = false
}

const WATCHED = Symbol('watched')
interface WatchedResponse extends ServerResponse {
  [WATCHED]?: Watched | undefined
}

/**
 * Counts, traces and logs the requests of `app`. Install it before anything that can refuse a request, so that refusals count too. Every log line of a request has its trace id, the caller's or ours.
 */
export function installObserve(
  app: App,
  { metrics, tracing }: Observe,
  logger: FastifyBaseLogger,
): void {
  const logResponse = openRequestLog(logger)

  function end(watched: Watched, status: number | undefined): void {
    if (watched.isOver) return
    watched.isOver = true
    const { request, started, span } = watched
    const { method, state } = request
    metrics.requestOver(method, state.route.url ?? 'none', status ?? CLIENT_CLOSED_REQUEST, started)
    span?.end(status)
  }

  // Events and not the onResponse hook, which adds more listeners and does not run for every lost connection. A request
  // without a response leaves no log line. 'finish' counts what is logged; 'close' alone would count it later.
  function finished(this: WatchedResponse): void {
    const watched = this[WATCHED]
    if (watched === undefined) return
    // A response of `inject` finishes twice.
    this[WATCHED] = undefined
    end(watched, this.statusCode)
    if (!watched.request.state.isShed) logResponse(watched, this.statusCode)
  }

  function closed(this: WatchedResponse): void {
    const watched = this[WATCHED]
    if (watched !== undefined) end(watched, this.writableEnded ? this.statusCode : undefined)
  }

  app.addHook('onRequest', (request, reply, done) => {
    const started = performance.now()
    metrics.requestArrived()
    const route = request.state.route.url
    const parent = parseTraceParent(request.headers.traceparent)
    const span =
      tracing === undefined || isProbe(route)
        ? undefined
        : tracing.startRequest(startOf(request, route, parent))
    const traceId = span?.traceId ?? parent?.traceId
    const watched = new Watched(logger, { request, started, traceId, spanId: span?.spanId })
    watched.span = span
    request.log = reply.log = watched
    const raw: WatchedResponse = reply.raw
    raw[WATCHED] = watched
    raw.on('finish', finished).on('close', closed)
    done()
  })

  // Here and not in onRequest: the body arrives in the context of the connection, so the span would be lost.
  if (tracing !== undefined)
    app.addHook('preHandler', (_request, reply, done) => {
      const span = (reply.raw as WatchedResponse)[WATCHED]?.span
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
