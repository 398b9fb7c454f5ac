/**
 * A cart API as data: how each operation is requested and where a response has what is to be read. `compileApi` makes
 * functions of it once; nothing else in the lab knows a path, a body, a status or a field of an API.
 */
export interface Api {
  readonly name: string
  /** Every service has the first three. Tests of the others are left out where an API lacks them. */
  readonly operations: Readonly<
    Record<RequiredOperation, RequestForm> & Partial<Record<OptionalOperation, RequestForm>>
  >
  readonly cart: CartShape
  /** A page of a customer's carts, and of the orders. */
  readonly carts: PageShape
  readonly orders: PageShape
  readonly errors: ErrorShape
}

type RequiredOperation = 'create' | 'add' | 'get'
/**
 * `add_many` adds several lines at once; `list` lists a customer's carts, `orders` the orders; `health` describes the
 * service as this project's does.
 */
type OptionalOperation =
  | 'add_many'
  | 'set'
  | 'remove'
  | 'empty'
  | 'delete'
  | 'merge'
  | 'checkout'
  | 'list'
  | 'orders'
  | 'health'
export type ApiOperation = RequiredOperation | OptionalOperation

/**
 * How an operation is requested. `{name}` in a template stands for that value of `Values`.
 */
export interface RequestForm {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Values are percent-encoded. */
  readonly path: string
  /** Parameters and headers whose value is missing are left out. */
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** JSON. A text that is one placeholder becomes the value itself, a number where the value is a number. */
  readonly body?: Json
  /** One element of the array that `{lines}` in `body` becomes. */
  readonly line?: Json
  /** Statuses of success. */
  readonly accepts: readonly number[]
  /** What the quantity of a change means: units to add atomically, or the new quantity of the line. */
  readonly quantity?: 'added' | 'absolute'
}

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** An id as JSON has it. */
export type Id = string | number

/**
 * The id that a text stands for: where ids are numbers, JSON has numbers. Leading zeros, and numbers too large for JSON,
 * are text.
 */
export function jsonId(text: string): Id {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text
}

/** What the templates of a request are filled with. */
export interface Values {
  readonly customer?: Id | undefined
  readonly cart?: string | undefined
  readonly product?: Id | undefined
  readonly quantity?: number | undefined
  readonly lines?: readonly { readonly product: Id; readonly quantity: number }[] | undefined
  /** The cart that a merge takes from, and how it joins lines of one product. */
  readonly from?: string | undefined
  readonly strategy?: string | undefined
  /** The consistency that a read asks for. */
  readonly consistency?: string | undefined
  readonly minVersion?: Id | undefined
  /** Where the next page of a list begins. */
  readonly cursor?: string | undefined
  readonly idempotencyKey?: string | undefined
  /** Entity tags of the versions that a change is conditional on; see `tagsOf`. */
  readonly ifMatch?: string | undefined
}

/** Where a value is in a JSON body: a JSON pointer (RFC 6901). */
export type Pointer = string

export interface CartShape {
  readonly id: Pointer
  readonly version: Pointer
  readonly status: Pointer
  readonly lines: Pointer
  /** In a line. */
  readonly product: Pointer
  readonly quantity: Pointer
}

export interface PageShape {
  readonly entries: Pointer
  /** The cursor of the next page; null or missing on the last one. */
  readonly next: Pointer
}

export interface ErrorShape {
  /** The stable code of a failure. */
  readonly code: Pointer
  /** Codes that say something about the cart, and the refusals of a history that they mean. */
  readonly refusals: Readonly<Record<string, string>>
  /** Codes of server errors (5xx) that guarantee that nothing was changed. */
  readonly nothingChanged: readonly string[]
}
