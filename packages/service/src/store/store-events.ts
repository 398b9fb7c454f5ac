/** Why a store sent a statement or request again. */
export type RetryReason = 'conflict' | 'throttle' | 'connection'

/** The use of a connection pool at one moment. */
export interface PoolUse {
  /** Connections in use. */
  readonly active: number
  /** Open connections that are not in use. */
  readonly idle: number
  /** Calls that wait for a connection. */
  readonly waiting: number
  /** Maximum number of connections. */
  readonly limit: number
}

/**
 * Events of a store that its results do not show, for metrics. Every method is cheap and never throws, so that a store can
 * call it anywhere.
 */
export interface StoreEvents {
  /** A statement or request is about to be sent again. */
  retried(reason: RetryReason): void
  /** A change conflicted with another change of the same cart (serialization failure, failed condition, deadlock). */
  conflicted(): void
  /** The database throttled a request. */
  throttled(): void
  /** Capacity units that a request consumed, as DynamoDB reports them. */
  consumed(units: { readonly read?: number; readonly write?: number }): void
  /** A pool was opened; `use` returns its current use. Replaces an earlier pool. */
  poolOpened(use: () => PoolUse): void
  /** A read was sent to a replica: `ok`, or the writer had to serve it because the replica did not have the cart or failed. */
  replicaRead(outcome: 'ok' | 'missing' | 'failed'): void
}

/** Ignores all events. */
export const NO_EVENTS: StoreEvents = {
  retried() {},
  conflicted() {},
  throttled() {},
  consumed() {},
  poolOpened() {},
  replicaRead() {},
}
