import type { Cart } from './types.ts'

/** How a client reaches its service. */
export interface PushcartClientOptions {
  /** `https://carts.example`, with or without a path below which the service is mounted. */
  readonly baseUrl: string | URL
  /** Bearer token, or where to get one; asked before every try, so that it may be renewed. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How long one try may take, in milliseconds (10,000). */
  readonly timeoutMs?: number | undefined
  /** How often a request is sent again after it failed (3); 0 for never. */
  readonly retries?: number | undefined
  /** Whether reads of a cart show the changes that this client made to it (true). */
  readonly readYourWrites?: boolean | undefined
}

export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. A change may have been made all the same. */
  readonly signal?: AbortSignal | undefined
}

export interface ChangeOptions extends CallOptions {
  /**
   * 1 to 255 visible ASCII characters that stand for this one intention; a random one is used when left out. Give
   * your own to repeat a change safely after your own process ended.
   */
  readonly idempotencyKey?: string | undefined
}

export interface ConditionalChangeOptions extends ChangeOptions {
  /** Make the change only if the cart is of this version; else PRECONDITION_FAILED. */
  readonly ifMatch?: number | undefined
}

export interface GetCartOptions extends CallOptions {
  /** `strong` shows every change acknowledged so far; `eventual` may lag where that is cheaper. The service has a default. */
  readonly consistency?: 'strong' | 'eventual' | undefined
  /** The cart must be of this version or a later one; by default that of the client's last change of it. 0 for any. */
  readonly minVersion?: number | undefined
  /**
   * The cart that you have already, as this client returned it, or its version: the result is `null` when the service would
   * send the same again. A cart with warnings (a price has changed, say) is recognised only if you pass the cart itself,
   * because warnings change without a new version.
   */
  readonly ifNoneMatch?: number | Cart | undefined
}

export interface ListOptions extends CallOptions {
  /** Most items of a page. The service has a default and a maximum. */
  readonly limit?: number | undefined
  /** `next_cursor` of the page before. */
  readonly cursor?: string | undefined
}

/** Which of a customer's carts are listed. */
export interface CartFilter {
  /** Carts of other statuses are left out. */
  readonly status?: 'active' | 'checked_out' | undefined
}

/** For all pages one after the other. */
export type EachOptions = Omit<ListOptions, 'cursor'>

export interface ProductQuery {
  /** Part of the name. */
  readonly name?: string | undefined
  readonly category?: string | undefined
}
