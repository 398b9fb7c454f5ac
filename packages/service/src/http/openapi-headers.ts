/** Marks of a route that decide which headers it takes and returns. */
export interface HeaderMarks {
  /** The route requires no token. */
  public?: boolean
  /** The route accepts an `Idempotency-Key`. */
  keyed?: boolean
  /** The route accepts an `If-Match`. */
  matched?: boolean
  /** The route accepts an `If-None-Match`. */
  conditional?: boolean
}

const TAKEN = {
  keyed: {
    name: 'Idempotency-Key',
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description:
        'A new UUID for every change; repeat it to retry that change. A retry has no second effect and gets the first response, whatever `If-Match` says.',
    },
  },
  matched: {
    name: 'If-Match',
    schema: {
      type: 'string',
      description:
        'Entity tags of the versions that the cart may have, such as `"7"`; otherwise 412. Weak tags (`W/"7"`) count too.',
    },
  },
  conditional: {
    name: 'If-None-Match',
    schema: {
      type: 'string',
      description: 'An entity tag; 304 if the cart still has that version.',
    },
  },
} as const

/**
 * The request headers of a route, as a part of its schema. For the document only: the code reads them, no schema validates
 * them.
 */
export function requestHeaders(marks: HeaderMarks) {
  const taken = (['keyed', 'matched', 'conditional'] as const).filter((mark) => marks[mark])
  if (taken.length === 0) return {}
  const properties = taken.map((mark) => [TAKEN[mark].name, TAKEN[mark].schema])
  return { headers: { type: 'object', properties: Object.fromEntries(properties) } }
}

const header = (description: string, schema: object = { type: 'string' }, required = true) => ({
  description,
  required,
  schema,
})

/** The response headers, as components of the document. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': header('Identifies the request in the log and in `instance` of a problem.'),
  ETag: header('The version of the cart, such as `"7"`.'),
  'Idempotency-Replayed': header(
    '`true` if the change had been made before, by a request with the same idempotency key or by the same merge.',
    { type: 'string', enum: ['true'] },
    false,
  ),
  Location: header('Address of the new cart.', { type: 'string', format: 'uri-reference' }),
  'Retry-After': header('Seconds to wait before a retry.', { type: 'integer', minimum: 0 }),
  'WWW-Authenticate': header('The scheme of the token that is required (RFC 6750).'),
  'X-RateLimit-Limit': header('Requests per minute.', { type: 'integer' }, false),
  'X-RateLimit-Remaining': header(
    'Requests that remain in this minute.',
    { type: 'integer' },
    false,
  ),
  'X-RateLimit-Reset': header('Seconds until the count starts again.', { type: 'integer' }, false),
} as const

type Name = keyof typeof RESPONSE_HEADERS
const LIMITS: readonly Name[] = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']

/**
 * References to the headers of a response.
 *
 * @param limited whether the route has a rate limit
 */
export function responseHeaders(status: number, marks: HeaderMarks, limited: boolean) {
  const isSuccess = status < 400
  const names: Name[] = ['X-Request-Id']
  if (isSuccess && (marks.keyed || marks.conditional)) names.push('ETag')
  if (isSuccess && marks.keyed) names.push('Idempotency-Replayed')
  if (status === 201) names.push('Location')
  if (status === 429 || status === 503) names.push('Retry-After')
  if (status === 401) names.push('WWW-Authenticate')
  // Optional: a request that was refused before it was counted has none.
  if (limited) names.push(...LIMITS)
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
