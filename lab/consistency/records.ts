/**
 * One record of the quick consistency test, as in the result file: a flat array in which `scenario` distinguishes the
 * records. Times are milliseconds with 2 decimals; rates are percentages (0-100) with 2 decimals; `timestamp` is the
 * start of the scenario, ISO 8601 UTC.
 *
 * A read is consistent when it shows the write that was acknowledged before the read was sent. Any other read is a miss:
 * eventual reads may be stale, so a miss alone is no failure.
 */
export type ConsistencyRecord =
  | CreateThenReadRecord
  | WriteThenReadItemsRecord
  | RapidUpdatesRecord
  | ConcurrentUpdatesRecord

export type Scenario = ConsistencyRecord['scenario']

/** The scenarios, in the order of an iteration. */
export const SCENARIOS = [
  'create_then_read',
  'write_then_read_items',
  'rapid_updates',
  'concurrent_updates',
] as const satisfies readonly Scenario[]

interface ScenarioRecord {
  /** `null` when the cart could not be created. */
  cart_id: string | null
  /**
   * False when a request failed, or when an acknowledged write was never found (lost) or was found more than once
   * (duplicated). A stale read does not make it false.
   */
  success: boolean
  /** Why `success` is false; absent otherwise. */
  error?: string
  timestamp: string
}

/** A cart is created and read five times. */
export interface CreateThenReadRecord extends ScenarioRecord {
  scenario: 'create_then_read'
  create_time_ms: number
  /** Reads sent, failed ones included; 0 when the write before them failed. */
  read_attempts: number
  consistent_reads: number
  /** `consistent_reads` of `read_attempts`; `null` when no read was sent. */
  consistency_rate: number | null
  /**
   * For each read, the time from the arrival of the write's response to the arrival of the read's response: only then
   * is the write known to be visible. `null` for a miss or a failed read.
   */
  delays_ms: (number | null)[]
}

/** Two units of one product are added to a new cart, which is then read five times. */
export interface WriteThenReadItemsRecord extends ScenarioRecord {
  scenario: 'write_then_read_items'
  product_id: number
  /** `null` when the cart could not be created. */
  add_time_ms: number | null
  read_attempts: number
  /** Reads that showed the product with at least the quantity added. */
  item_visible_count: number
  /** `item_visible_count` of `read_attempts`; `null` when no read was sent. */
  consistency_rate: number | null
}

/** One client adds different products to one cart, one after another. */
export interface RapidUpdatesRecord extends ScenarioRecord {
  scenario: 'rapid_updates'
  updates_sent: number
  /** Updates that were acknowledged. */
  updates_successful: number
  /** Lines in the cart afterwards; `null` when it could not be read. */
  final_items_count: number | null
  updates: { product_id: number; time_ms: number; success: boolean }[]
}

/** Several clients concurrently add single units of one product to one cart. */
export interface ConcurrentUpdatesRecord extends ScenarioRecord {
  scenario: 'concurrent_updates'
  product_id: number
  clients: number
  updates_sent: number
  /** Updates that were acknowledged. */
  updates_successful: number
  /** Units whose add was acknowledged. */
  acknowledged_quantity: number
  /** Units whose add may or may not have been applied: no response, one that was cut off, or a server error. */
  unknown_quantity: number
  /** Units in the cart afterwards; `null` when it could not be read. */
  stored_quantity: number | null
  /** Acknowledged units that are not stored; `null` when the cart could not be read. */
  lost_updates: number | null
  /** Stored units beyond the acknowledged and unknown adds; `null` when the cart could not be read. */
  duplicated_updates: number | null
}
