import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Origins } from '../config/web.ts'
import type { App } from './route-context.ts'
import { addVary } from './vary.ts'

/** Request headers that clients use and browsers do not allow by themselves. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Traceparent',
  'Tracestate',
  'X-Request-Id',
  'X-Request-Timeout',
].join(', ')

/** Response headers that pages may read in addition to those that browsers show by themselves. */
const EXPOSED_HEADERS = [
  'Allow',
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ')

/** Browsers limit it: Chromium to 2 hours, Firefox to 24. */
const PREFLIGHT_SECONDS = '7200'

/** Marks a response as readable by the page that sent the request. Returns whether the page's origin is allowed. */
export type Share = (request: FastifyRequest, reply: FastifyReply) => boolean

/** The headers of the CORS protocol (Fetch standard, 3.2) for these origins. No cookies, so no credentials. */
export function shareWith(origins: Origins): Share {
  return ({ headers: { origin } }, reply) => {
    if (origins !== '*') addVary(reply, 'Origin')
    if (origin === undefined || !(origins === '*' || origins.includes(origin))) return false
    reply.header('access-control-allow-origin', origins === '*' ? '*' : origin)
    reply.header('access-control-expose-headers', EXPOSED_HEADERS)
    return true
  }
}

/** Lets pages of allowed origins use the service: marks all responses, refusals included, and answers preflights. */
export function installCors(app: App, share: Share): void {
  app.addHook('onRequest', (request, reply, done) => {
    const isShared = share(request, reply)
    const asked = request.headers['access-control-request-method']
    if (!isShared || request.method !== 'OPTIONS' || asked === undefined) return done()
    reply
      .header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
      .header('access-control-allow-headers', REQUEST_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send()
  })
}
