/**
 * Every error that a client can receive: stable code, HTTP status, title, and what the caller should do. Problem
 * documents, the OpenAPI document and docs/errors.md are made from this catalogue.
 */
export const ERRORS = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'The request does not match the API',
    advice: 'Correct the field that `detail` names. Nothing was changed.',
  },
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON',
    advice: 'Send one JSON object. Keys such as `__proto__` are refused too.',
  },
  BAD_REQUEST: {
    status: 400,
    title: 'The request could not be read',
    advice: 'Correct the request line, the headers or the escape sequences in the address.',
  },
  CART_EMPTY: {
    status: 400,
    title: 'An empty cart cannot be checked out',
    advice: 'Add a product first.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid bearer token is required',
    advice:
      'Get a new token. The one you sent, if any, is invalid, expired or not for this service.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The token does not allow this',
    advice:
      'A customer may only act for themselves. To act for others, use a token of the service role.',
  },
  CART_NOT_FOUND: {
    status: 404,
    title: 'There is no such cart',
    advice:
      'It never existed, was deleted, or has expired. Create a new cart. With tokens, the cart may belong to another customer.',
  },
  LINE_NOT_FOUND: {
    status: 404,
    title: 'The product is not in the cart',
    advice: 'Read the cart. Somebody else may have removed the line.',
  },
  PRODUCT_NOT_FOUND: {
    status: 404,
    title: 'There is no such product',
    advice: 'Search the catalog.',
  },
  ORDER_NOT_FOUND: {
    status: 404,
    title: 'There is no such order',
    advice: 'An order has the id of its cart. A cart is an order only after checkout.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is no such route',
    advice: 'See `/openapi.json` or `/docs`.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The path does not take this method',
    advice: 'Use one of the methods in `Allow`.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    advice: 'Send it again. Nothing was changed.',
  },
  CART_NOT_ACTIVE: {
    status: 409,
    title: 'The cart has been checked out or merged and can no longer change',
    advice: 'Create a new cart.',
  },
  CURRENCY_MISMATCH: {
    status: 409,
    title: 'The cart is in another currency',
    advice:
      'Create a new cart. A cart keeps the currency of its creation: it can still be read, reduced, deleted and checked out. Nothing was changed.',
  },
  TOTAL_CHANGED: {
    status: 409,
    title: 'The cart does not cost what the caller expects',
    advice:
      'Show the shopper the cart as it is now: `current_total` in `currency`, at `current_version`. Nothing was changed.',
  },
  CART_HAS_WARNINGS: {
    status: 409,
    title: 'Products of the cart have changed',
    advice:
      'Show the shopper the `warnings`. Accept the prices of today with `POST /shopping-carts/{id}/reprice`, remove products that are no longer sold, or check out without `refuse_warnings`. Nothing was changed.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'The cart is not at a version that If-Match names',
    advice: 'Read the cart and decide again. `current_version` is its version.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    advice: 'Send fewer lines per request.',
  },
  URI_TOO_LONG: { status: 414, title: 'The address is too long', advice: 'Shorten it.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be application/json',
    advice: 'Set `content-type: application/json`. Send UTF-8 without `content-encoding`.',
  },
  LINE_QUANTITY_LIMIT: {
    status: 422,
    title: 'Too many units of one product',
    advice: 'Use a smaller quantity. Nothing was changed.',
  },
  CART_LINES_LIMIT: {
    status: 422,
    title: 'Too many different products in one cart',
    advice: 'Remove a product or check out first. Nothing was changed.',
  },
  CART_UNITS_LIMIT: {
    status: 422,
    title: 'Too many units in one cart',
    advice: 'Use a smaller quantity. Nothing was changed.',
  },
  CART_MERGES_LIMIT: {
    status: 422,
    title: 'Too many carts merged into one',
    advice: 'Merge into a new cart. Nothing was changed.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The idempotency key was used for another request',
    advice: 'Use a new key (a UUID) for every change, and repeat a key only to retry that change.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    advice: 'Wait for the time in `Retry-After`.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The headers are too large',
    advice: 'Send smaller headers.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Internal error',
    advice: 'Report the request id. A retry with the same idempotency key is safe.',
  },
  AUTH_UNAVAILABLE: {
    status: 503,
    title: 'Tokens cannot be verified at the moment',
    advice:
      'Keep the token and retry after the time in `Retry-After`: the identity provider does not respond. Nothing was changed.',
  },
  OVERLOADED: {
    status: 503,
    title: 'The service has more requests than it can handle in time',
    advice: 'Retry after the time in `Retry-After`. Nothing was changed.',
  },
  STORE_BUSY: {
    status: 503,
    title: 'The database is busy',
    advice: 'Retry after the time in `Retry-After`. Nothing was changed.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    advice: 'The change may or may not have been made. Retry with the same idempotency key.',
  },
  STORE_TIMEOUT: {
    status: 503,
    title: 'The database did not respond in time',
    advice: 'The change may or may not have been made. Retry with the same idempotency key.',
  },
  STORE_MISCONFIGURED: {
    status: 503,
    title: 'The database is not set up for this service',
    advice: 'For operators: the log has the cause.',
  },
  HOME_UNAVAILABLE: {
    status: 503,
    title: 'The home region of the cart does not respond',
    advice: 'The change may or may not have been made. Retry with the same idempotency key.',
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'The service is shutting down',
    advice: 'Retry. Another instance will respond.',
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    title: 'The time in `X-Request-Timeout` had passed before the service began to work',
    advice: 'Retry with more time, or when the service is less busy. Nothing was changed.',
  },
} as const satisfies Record<string, { status: number; title: string; advice: string }>

export type ErrorCode = keyof typeof ERRORS

/** Any outcome other than success, identified by its code in the catalogue. */
export class CartError extends Error {
  override readonly name = 'CartError'
  readonly code: ErrorCode
  /** Additional members of the problem document. */
  readonly details: Readonly<Record<string, unknown>>

  /**
   * @param code    the catalogue entry
   * @param message one sentence for the caller; default: the entry's title
   * @param options `cause`: the error of the database or parser (logged, never sent); `details`
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
