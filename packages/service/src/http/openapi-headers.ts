/** Marks of a route that decide which headers it takes and returns. */
export interface HeaderMarks {
  /** The route requires no token. */
  public?: boolean
  /** The route accepts an `Idempotency-Key`. */
  keyed?: boolean
  /** The route returns the version of a cart, although it takes none of these headers. */
  versioned?: boolean
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
        'Entity tags of the versions that the cart may have, such as `"7"`; otherwise 412. Weak tags (`W/"7"`) count too. Of a tag such as `"7-k3Jx0aZ9_qw"`, only the version counts.',
    },
  },
  conditional: {
    name: 'If-None-Match',
    schema: {
      type: 'string',
      description: 'An entity tag of this cart; 304 if the response would have the same.',
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

const text = { type: 'string' } as const
const count = { type: 'integer', minimum: 0 } as const

/** The response headers, as components of the document. */
export const RESPONSE_HEADERS = {
  'X-Request-Id': {
    description: 'Identifies the request in the log and in `instance` of a problem.',
    required: true,
    schema: text,
    example: '6a055a85-47e4-4cdf-9a56-11c0437c0986',
  },
  ETag: {
    description:
      'The version of the cart; `"7"` is version 7. After a read with warnings, the rest stands for the warnings: `"7-k3Jx0aZ9_qw"`.',
    required: true,
    schema: { ...text, pattern: '^"[0-9]{1,15}(-[A-Za-z0-9_-]+)?"$' },
    example: '"7"',
  },
  'Idempotency-Replayed': {
    description:
      '`true` if the change had been made before, by a request with the same idempotency key or by the same merge.',
    required: false,
    schema: { ...text, enum: ['true'] },
    example: 'true',
  },
  Location: {
    description: 'Address of the new cart; with 307, of the cart in its home region.',
    required: true,
    schema: { ...text, format: 'uri-reference' },
    example: '/shopping-carts/01a20478-bb8c-7722-9e92-ae6ef3e903d7',
  },
  'Retry-After': {
    description: 'Seconds to wait before a retry.',
    required: true,
    schema: count,
    example: 1,
  },
  'WWW-Authenticate': {
    description:
      'The scheme of the token that is required, and what is wrong with the one sent (RFC 6750).',
    required: true,
    schema: text,
    example:
      'Bearer error="invalid_token", error_description="the token has expired, or does not expire"',
  },
  'X-RateLimit-Limit': {
    description: 'Requests per minute.',
    required: false,
    schema: count,
    example: 1000,
  },
  'X-RateLimit-Remaining': {
    description: 'Requests that remain in this minute.',
    required: false,
    schema: count,
    example: 999,
  },
  'X-RateLimit-Reset': {
    description: 'Seconds until the count starts again.',
    required: false,
    schema: count,
    example: 42,
  },
}

type Name = keyof typeof RESPONSE_HEADERS
const LIMITS: readonly Name[] = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']

/**
 * References to the headers of a response.
 *
 * @param limited whether the route has a rate limit
 */
export function responseHeaders(status: number, marks: HeaderMarks, limited: boolean) {
  const isSuccess = status < 400 && status !== 307
  const names: Name[] = ['X-Request-Id']
  if (isSuccess && (marks.keyed || marks.conditional || marks.versioned)) names.push('ETag')
  if (isSuccess && marks.keyed) names.push('Idempotency-Replayed')
  if (status === 201 || status === 307) names.push('Location')
  if (status === 429 || status === 503) names.push('Retry-After')
  if (status === 401 || status === 403) names.push('WWW-Authenticate')
  // Optional: a request that was refused before it was counted has none.
  if (limited) names.push(...LIMITS)
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
