/** Why a store sent something again. */
export type RetryReason = 'conflict' | 'throttle' | 'connection'

/** Connections of a store's pool, at one moment. */
export interface PoolUse {
  /** Connections that work for somebody. */
  readonly active: number
  /** Open connections that wait for work. */
  readonly idle: number
  /** Calls that wait for a connection. */
  readonly waiting: number
  /** Most connections that are open at once. */
  readonly limit: number
}

/**
 * What a store tells about its work that its answers do not show, for counting. Every method is cheap and
 * never throws, so a store calls it wherever the thing happens.
 */
export interface StoreEvents {
  /** A statement or request is about to be sent again. */
  retried(reason: RetryReason): void
  /** Another change of the same cart came in between (serialization failure, failed condition, deadlock). */
  conflicted(): void
  /** The database refused a request because too many came. */
  throttled(): void
  /** Capacity units that DynamoDB says a request consumed. */
  consumed(units: { readonly read?: number; readonly write?: number }): void
  /** A pool was opened; `use` is asked whenever somebody wants to know. Replaces an earlier one. */
  poolOpened(use: () => PoolUse): void
}

/** Tells nobody. */
export const NO_EVENTS: StoreEvents = {
  retried() {},
  conflicted() {},
  throttled() {},
  consumed() {},
  poolOpened() {},
}
