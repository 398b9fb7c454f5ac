import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CartError, ERRORS, type ErrorCode } from '../cart/errors.ts'
import type { RefusalLog } from '../observe/refusal-log.ts'
import type { ProblemJson } from './problem-schema.ts'
import { retryAfter } from './retry-after.ts'
import { challengeOf } from './tokens/refusal.ts'

/** The catalogue entries for Fastify's and Node's error codes. */
const HTTP_ERRORS: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_VALIDATION: 'VALIDATION_FAILED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_MAX_PARAM_LENGTH: 'URI_TOO_LONG',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
}

/** Converts any error to an error of the catalogue. */
export function toCartError(error: unknown): CartError {
  if (error instanceof CartError) return error
  const { code = '', statusCode = 500, message: whole } = error as Partial<FastifyError>
  // Fastify's message repeats a URL that is too long.
  const message = whole && whole.length > 300 ? `${whole.slice(0, 300)}...` : whole
  const known = HTTP_ERRORS[code]
  if (known !== undefined) return new CartError(known, message, { cause: error })
  if (statusCode >= 400 && statusCode < 500)
    return new CartError('BAD_REQUEST', message, { cause: error })
  return new CartError('INTERNAL_ERROR', undefined, { cause: error })
}

/** The RFC 9457 problem document of an error. */
export function problemOf(error: CartError, requestId: string): ProblemJson {
  const { status, title } = ERRORS[error.code]
  return {
    type: `urn:pushcart:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: error.message,
    instance: `urn:pushcart:request:${requestId}`,
    error: error.code,
    message: error.message,
    ...error.details,
  }
}

/** Makes every error of the app a problem document. Logs failures of the service, and counts refusals (503) in the log. */
export function installProblems(app: FastifyInstance, refusals: RefusalLog): void {
  app.setErrorHandler((given, request, reply) => {
    const error = toCartError(given)
    if (error.status === 503) refusals.count(error, request.id)
    else if (error.status >= 500) request.log.error({ err: error, cause: error.cause }, error.code)
    return sendProblem(error, request, reply)
  })
  // `installMethods` refuses what no route takes; this is for routes that find nothing, such as the files of `/docs`.
  app.setNotFoundHandler((request, reply) => sendProblem(noRoute(request), request, reply))
}

/** Sends the problem document of an error, bypassing the response schema of the route. */
export function sendProblem(
  error: CartError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error.status === 503) reply.header('retry-after', retryAfter())
  const challenge = challengeOf(error)
  if (challenge !== undefined) reply.header('www-authenticate', challenge)
  return reply
    .header('cache-control', 'no-store')
    .code(error.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemOf(error, request.id))
}

export function noRoute(request: FastifyRequest): CartError {
  return new CartError('ROUTE_NOT_FOUND', `There is no ${request.method} ${pathOf(request)}.`)
}

/** The path for an error message, shortened because the caller chose it. */
export function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0] ?? ''
  return path.length > 100 ? `${path.slice(0, 100)}...` : path
}
