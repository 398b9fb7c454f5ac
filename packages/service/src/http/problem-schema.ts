import Type, { type Static } from 'typebox'
import { ERRORS, type ErrorCode } from '../cart/errors.ts'
import { EntityIdOut, Warning } from './schemas.ts'

const LineWarning = Type.Object({
  product_id: EntityIdOut,
  line_id: Type.String(),
  ...Warning.properties,
})

/** RFC 9457, plus the members `error` and `message`, which older clients read. */
const ProblemOut = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'A URN for each code.' }),
    title: Type.String({ description: 'The same for every problem with this code.' }),
    status: Type.Integer({ description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What is wrong with this request.' }),
    instance: Type.String({ description: 'The request id, which the log has too.' }),
    error: Type.Unsafe<ErrorCode>({
      type: 'string',
      enum: Object.keys(ERRORS),
      description: 'A stable code, for programs.',
    }),
    message: Type.String({ description: 'The same as `detail`.' }),
    current_version: Type.Optional(
      Type.Integer({
        description:
          'With `PRECONDITION_FAILED`, `TOTAL_CHANGED` and `CART_HAS_WARNINGS`: the version of the cart.',
      }),
    ),
    current_total: Type.Optional(
      Type.Number({ description: 'With `TOTAL_CHANGED`: the total of the cart.' }),
    ),
    currency: Type.Optional(
      Type.String({ description: 'With `TOTAL_CHANGED`: the currency of the cart.' }),
    ),
    warnings: Type.Optional(
      Type.Array(LineWarning, {
        description: 'With `CART_HAS_WARNINGS`: what has changed, by line.',
      }),
    ),
  },
  { title: 'Problem', description: 'An error (RFC 9457).' },
)

/** The members of every problem document; an error's `details` are added to them. */
export type ProblemJson = Static<typeof ProblemOut>

/** Errors that any documented route can return. The others are those of requests that no route takes. */
export const GENERAL_ERRORS = [
  'VALIDATION_FAILED',
  'BAD_REQUEST',
  'REQUEST_TIMEOUT',
  'URI_TOO_LONG',
  'HEADERS_TOO_LARGE',
  'INTERNAL_ERROR',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'DEADLINE_EXCEEDED',
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
  'HOME_UNAVAILABLE',
  'UNAUTHENTICATED',
  'AUTH_UNAVAILABLE',
  'RATE_LIMITED',
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
/** Errors of changes that bring lines into a cart. */
export const LIMITS = [
  'CURRENCY_MISMATCH',
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
          schema: ProblemOut,
          // Not in the schema, which would be a separate type for each operation and status in generated clients.
          'x-error-codes': same,
        },
      },
    },
  ])
  return Object.fromEntries(responses) as Record<never, never>
}
