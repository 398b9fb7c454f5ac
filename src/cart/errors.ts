/**
 * Every error a client can be given: its stable code, HTTP status and title. The one catalogue from
 * which problem documents, the OpenAPI document and docs/errors.md are made.
 */
export const ERRORS = {
  VALIDATION_FAILED: { status: 400, title: 'The request does not fit the API' },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON' },
  BAD_REQUEST: { status: 400, title: 'The request could not be read' },
  CART_EMPTY: { status: 400, title: 'An empty cart cannot be checked out' },
  CART_NOT_FOUND: { status: 404, title: 'There is no such cart' },
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product' },
  ORDER_NOT_FOUND: { status: 404, title: 'There is no such order' },
  LINE_NOT_FOUND: { status: 404, title: 'The cart does not hold that product' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  CART_NOT_ACTIVE: {
    status: 409,
    title: 'The cart has been checked out or merged and no longer changes',
  },
  PRECONDITION_FAILED: { status: 412, title: 'The cart has changed since the version you named' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  URI_TOO_LONG: { status: 414, title: 'The address is too long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be application/json' },
  LINE_QUANTITY_LIMIT: { status: 422, title: 'Too many units of one product' },
  CART_LINES_LIMIT: { status: 422, title: 'Too many different products in one cart' },
  CART_UNITS_LIMIT: { status: 422, title: 'Too many units in one cart' },
  CART_MERGES_LIMIT: { status: 422, title: 'Too many carts merged into one' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key belongs to another request' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side' },
  STORE_BUSY: { status: 503, title: 'The database is busy; try again' },
  STORE_UNAVAILABLE: { status: 503, title: 'The database cannot be reached' },
  STORE_TIMEOUT: { status: 503, title: 'The database did not answer in time' },
  STORE_MISCONFIGURED: { status: 503, title: 'The database is not set up for this service' },
  SHUTTING_DOWN: { status: 503, title: 'The service is shutting down' },
} as const satisfies Record<string, { status: number; title: string }>

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
