/**
 * Every error a client can be given: its stable code, HTTP status, title, and what the caller should do. The one
 * catalogue from which problem documents, the OpenAPI document and docs/errors.md are made.
 */
export const ERRORS = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'The request does not fit the API',
    advice: 'Mend the field that `detail` names. Nothing was changed.',
  },
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON',
    advice: 'Send one JSON object. Keys that could reach into prototypes are refused too.',
  },
  BAD_REQUEST: {
    status: 400,
    title: 'The request could not be read',
    advice: 'Mend the request line, the headers or the escapes in the address.',
  },
  CART_EMPTY: {
    status: 400,
    title: 'An empty cart cannot be checked out',
    advice: 'Add something first.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid bearer token is needed',
    advice: 'Get a new token; the old one is missing, expired or not for this service.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The token does not allow this',
    advice: 'A customer acts for themselves only; use a token of the service role for others.',
  },
  CART_NOT_FOUND: {
    status: 404,
    title: 'There is no such cart',
    advice:
      'It never was, was deleted, or expired: make a new one. With tokens, it may be another customer’s.',
  },
  LINE_NOT_FOUND: {
    status: 404,
    title: 'The cart does not hold that product',
    advice: 'Read the cart; somebody else may have removed the line.',
  },
  PRODUCT_NOT_FOUND: {
    status: 404,
    title: 'There is no such product',
    advice: 'Search the catalog.',
  },
  ORDER_NOT_FOUND: {
    status: 404,
    title: 'There is no such order',
    advice: 'An order has the id of the cart it was; a cart that is not checked out is no order.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is nothing at this address',
    advice: 'See `/openapi.json` or `/docs`.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    advice: 'Send it again; nothing was changed.',
  },
  CART_NOT_ACTIVE: {
    status: 409,
    title: 'The cart has been checked out or merged and no longer changes',
    advice: 'Make a new cart.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'The cart has changed since the version you named',
    advice: 'Read the cart and decide again; `current_version` is what it was at just now.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    advice: 'Send fewer lines at once.',
  },
  URI_TOO_LONG: { status: 414, title: 'The address is too long', advice: 'Shorten it.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be application/json',
    advice: 'Set `content-type: application/json`.',
  },
  LINE_QUANTITY_LIMIT: {
    status: 422,
    title: 'Too many units of one product',
    advice: 'Ask for fewer. Nothing was changed.',
  },
  CART_LINES_LIMIT: {
    status: 422,
    title: 'Too many different products in one cart',
    advice: 'Remove a product first, or check out. Nothing was changed.',
  },
  CART_UNITS_LIMIT: {
    status: 422,
    title: 'Too many units in one cart',
    advice: 'Ask for fewer. Nothing was changed.',
  },
  CART_MERGES_LIMIT: {
    status: 422,
    title: 'Too many carts merged into one',
    advice: 'Merge into a new cart. Nothing was changed.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The idempotency key belongs to another request',
    advice:
      'Use a fresh key (a UUID) for every new intention, and the same one only for its retries.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    advice: 'Wait as long as `Retry-After` says.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    advice: 'Send smaller ones.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something went wrong on our side',
    advice: 'Report the request id; a retry with the same idempotency key is safe.',
  },
  STORE_BUSY: {
    status: 503,
    title: 'The database is busy; try again',
    advice: 'Nothing was changed. Retry after `Retry-After`.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    advice: 'The change may or may not have happened: retry with the same idempotency key.',
  },
  STORE_TIMEOUT: {
    status: 503,
    title: 'The database did not answer in time',
    advice: 'The change may or may not have happened: retry with the same idempotency key.',
  },
  STORE_MISCONFIGURED: {
    status: 503,
    title: 'The database is not set up for this service',
    advice: 'For operators: the log says what is missing.',
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'The service is shutting down',
    advice: 'Retry; another instance will answer.',
  },
} as const satisfies Record<string, { status: number; title: string; advice: string }>

export type ErrorCode = keyof typeof ERRORS

/** An answer other than success, named by its code in the catalogue. */
export class CartError extends Error {
  override readonly name = 'CartError'
  readonly code: ErrorCode
  /** Members that the problem document carries besides the usual ones. */
  readonly details: Readonly<Record<string, unknown>>

  /**
   * @param code    the catalogue entry
   * @param message one sentence for the caller; the entry's title when left out
   * @param options `cause`: what the database or parser threw (logged, never sent); `details`
   */
  constructor(
    code: ErrorCode,
    message?: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message ?? ERRORS[code].title, options)
    this.code = code
    this.details = options.details ?? {}
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}
