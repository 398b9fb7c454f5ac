/** A customer or product id: an integer of at least 1, or a string. The string `'42'` and the integer 42 are different ids. */
export type EntityId = number | string

export type CartStatus = 'active' | 'checked_out' | 'merged'

/** Quantity of a product that is in both carts of a merge: their sum, the larger one, or that of the target. */
export type MergeStrategy = 'sum' | 'max' | 'keep'

/** Stable codes of the problem documents; docs/errors.md says what to do about each. */
export type ErrorCode =
  | 'VALIDATION_FAILED'
  | 'MALFORMED_JSON'
  | 'BAD_REQUEST'
  | 'CART_EMPTY'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CART_NOT_FOUND'
  | 'LINE_NOT_FOUND'
  | 'PRODUCT_NOT_FOUND'
  | 'ORDER_NOT_FOUND'
  | 'ROUTE_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'REQUEST_TIMEOUT'
  | 'CART_NOT_ACTIVE'
  | 'CURRENCY_MISMATCH'
  | 'TOTAL_CHANGED'
  | 'CART_HAS_WARNINGS'
  | 'PRECONDITION_FAILED'
  | 'PAYLOAD_TOO_LARGE'
  | 'URI_TOO_LONG'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'LINE_QUANTITY_LIMIT'
  | 'CART_LINES_LIMIT'
  | 'CART_UNITS_LIMIT'
  | 'CART_MERGES_LIMIT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'RATE_LIMITED'
  | 'HEADERS_TOO_LARGE'
  | 'INTERNAL_ERROR'
  | 'AUTH_UNAVAILABLE'
  | 'OVERLOADED'
  | 'STORE_BUSY'
  | 'STORE_UNAVAILABLE'
  | 'STORE_TIMEOUT'
  | 'STORE_MISCONFIGURED'
  | 'HOME_UNAVAILABLE'
  | 'SHUTTING_DOWN'
  | 'DEADLINE_EXCEEDED'

/**
 * The JSON of the API, as plain interfaces: the types of `http/schemas.ts` would make everyone who uses the
 * client compile TypeBox too. test/client/types.test.ts holds the two together.
 */

/** What distinguishes a line from others of its product, such as a size or a gift note. */
export type Attributes = Readonly<Record<string, string>>

/** A line of a cart, by its id. */
export interface LineRef {
  readonly line_id: string
}

/**
 * A product in a cart, with its attributes. Name and price are those of the moment the line was added; the price is later
 * if `reprice` accepted another.
 */
export interface CartLine {
  readonly product_id: EntityId
  /** Addresses the line. The same product with the same attributes has the same id in every cart. */
  readonly line_id: string
  /** Absent if there are none. */
  readonly attributes?: Attributes
  readonly product_name: string
  /** Price of one unit. */
  readonly product_price: number
  readonly quantity: number
  /** ISO 8601, UTC, as are all times. */
  readonly created_at: string
  readonly updated_at: string
  /** Present when the catalog has changed since the product was added. */
  readonly warnings?: readonly LineWarning[]
}

export interface LineWarning {
  readonly code: 'PRICE_CHANGED' | 'PRODUCT_UNAVAILABLE' | 'CURRENCY_CHANGED'
  readonly message: string
  readonly current_price?: number
}

/** What has changed about the product of a line. */
export interface ProductWarning extends LineWarning {
  readonly product_id: EntityId
  readonly line_id: string
}

export interface Cart {
  readonly shopping_cart_id: string
  readonly customer_id: EntityId
  readonly status: CartStatus
  /** 1 when created; every change adds exactly one. */
  readonly version: number
  readonly items: readonly CartLine[]
  /** Units of all lines together. */
  readonly item_count: number
  readonly total_amount: number
  /** ISO 4217 code, the same for as long as the cart exists. */
  readonly currency: string
  readonly created_at: string
  readonly updated_at: string
  /** `null` once checked out: orders never expire. */
  readonly expires_at: string | null
}

/** A checked-out cart. */
export interface Order {
  /** The id of the cart it was. */
  readonly order_id: string
  readonly customer_id: EntityId
  readonly items: readonly CartLine[]
  readonly item_count: number
  readonly total_amount: number
  readonly currency: string
  readonly ordered_at: string
}

export interface Product {
  readonly product_id: EntityId
  readonly name: string
  readonly category: string
  readonly description: string
  readonly brand: string
  readonly price: number
  readonly currency: string
}

/** What the service says of itself. */
export interface Health {
  readonly status: 'ok'
  readonly store: 'memory' | 'postgres' | 'dynamodb'
  readonly engine: 'embedded' | 'external'
  /** Whether the database is a stand-in whose speed says nothing about the real one. */
  readonly emulator: boolean
  /** Where PostgreSQL keeps the lines of carts: a row per line, or all in the row of the cart. Absent for other databases. */
  readonly layout?: 'rows' | 'document'
  readonly read_consistency: 'strong' | 'eventual'
  /** Size of the catalog. */
  readonly products: number
}

/** Pass `next_cursor` as `cursor` for the next page; `null` on the last. */
export interface CartPage {
  readonly carts: readonly Cart[]
  readonly next_cursor: string | null
}

export interface OrderPage {
  readonly orders: readonly Order[]
  readonly next_cursor: string | null
}

export interface ProductPage {
  readonly products: readonly Product[]
  readonly next_cursor: string | null
}

/** A product and how many of it. */
export interface NewItem {
  readonly product_id: EntityId
  readonly quantity: number
  /** With other attributes it is another line. */
  readonly attributes?: Attributes
}

/** What a shopper saw of the cart that is checked out. */
export interface Checkout {
  /** `total_amount` of the cart; with another total, the checkout is refused with TOTAL_CHANGED. */
  readonly expected_total?: number
  readonly currency?: string
  /** Whether a line with warnings is a reason to refuse, with CART_HAS_WARNINGS. */
  readonly refuse_warnings?: boolean
}

export interface Merge {
  /** The cart whose lines move; afterwards it is empty and no longer changes. */
  readonly from_cart_id: string
  /** For products in both: quantities added (`sum`, the default), the larger one, or the target's own. */
  readonly strategy?: MergeStrategy
}

/** The problem document of an error (RFC 9457). Some errors carry further members. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Names the request. */
  readonly instance: string
  readonly error: ErrorCode
  readonly message: string
  /** With `PRECONDITION_FAILED`, `TOTAL_CHANGED` and `CART_HAS_WARNINGS`: the version of the cart. */
  readonly current_version?: number
  /** With `TOTAL_CHANGED`: the total of the cart, in `currency`. */
  readonly current_total?: number
  readonly currency?: string
  /** With `CART_HAS_WARNINGS`: what has changed, by line. */
  readonly warnings?: readonly ProductWarning[]
  readonly [member: string]: unknown
}
