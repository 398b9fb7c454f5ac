import Type, { type Static } from 'typebox'
import { ERRORS, type ErrorCode } from '../cart/errors.ts'

/** RFC 9457, plus the members `error` and `message`, which older clients read. */
const ProblemOut = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.String({ description: 'The request id, which the log has too.' }),
  error: Type.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(ERRORS) }),
  message: Type.String({ description: 'The same as `detail`.' }),
})

/** The members of every problem document; an error's `details` are added to them. */
export type ProblemJson = Static<typeof ProblemOut>

/** Errors that any route can return. */
export const GENERAL_ERRORS = [
  'VALIDATION_FAILED',
  'BAD_REQUEST',
  'ROUTE_NOT_FOUND',
  'REQUEST_TIMEOUT',
  'URI_TOO_LONG',
  'RATE_LIMITED',
  'HEADERS_TOO_LARGE',
  'INTERNAL_ERROR',
  'SHUTTING_DOWN',
] as const satisfies ErrorCode[]

/** Failures of the database. */
export const STORE_FAILURES = [
  'STORE_BUSY',
  'STORE_UNAVAILABLE',
  'STORE_TIMEOUT',
  'STORE_MISCONFIGURED',
] as const

/** Groups of errors that routes share. */
export const STORE = [
  ...STORE_FAILURES,
  'UNAUTHENTICATED',
  'AUTH_UNAVAILABLE',
] as const satisfies ErrorCode[]
export const CHANGE = [
  ...STORE,
  'CART_NOT_FOUND',
  'CART_NOT_ACTIVE',
  'PRECONDITION_FAILED',
  'IDEMPOTENCY_KEY_REUSED',
] as const satisfies ErrorCode[]
export const BODY = [
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies ErrorCode[]
export const LIMITS = [
  'LINE_QUANTITY_LIMIT',
  'CART_LINES_LIMIT',
  'CART_UNITS_LIMIT',
] as const satisfies ErrorCode[]

/** The error responses of a route by status, for its response schema and the OpenAPI document. */
export function problems(...codes: readonly ErrorCode[]) {
  const statuses = Map.groupBy(
    [...new Set([...codes, ...GENERAL_ERRORS])],
    (code) => ERRORS[code].status,
  )
  const responses = [...statuses].map(([status, same]) => [
    status,
    {
      description: same.map((code) => `${code}: ${ERRORS[code].title}.`).join(' '),
      content: {
        'application/problem+json': {
          schema: {
            ...ProblemOut,
            properties: { ...ProblemOut.properties, error: { type: 'string', enum: same } },
          },
        },
      },
    },
  ])
  return Object.fromEntries(responses) as Record<never, never>
}
