/**
 * What the consistency test writes, exactly as the result file holds it: one flat array in which
 * `scenario` tells the records apart. Times are milliseconds with 2 decimals; rates are percentages
 * (0-100) with 2 decimals; `timestamp` is the start of the scenario, ISO 8601 UTC.
 *
 * A read is consistent when it shows the write that was acknowledged before it was sent. One that does
 * not is a miss: eventual reads are allowed to be stale, so a miss alone is no failure.
 */
export type ConsistencyRecord =
  | CreateThenReadRecord
  | WriteThenReadItemsRecord
  | RapidUpdatesRecord
  | ConcurrentUpdatesRecord

export type Scenario = ConsistencyRecord['scenario']

/** The scenarios in the order in which every iteration runs them. */
export const SCENARIOS = [
  'create_then_read',
  'write_then_read_items',
  'rapid_updates',
  'concurrent_updates',
] as const satisfies readonly Scenario[]

interface Outcome {
  /** `null` when the cart could not be created. */
  cart_id: string | null
  /**
   * False when a request failed, or when something acknowledged was never found (lost) or was found
   * more than once (duplicated). A stale read does not make it false.
   */
  success: boolean
  /** Why `success` is false; absent otherwise. */
  error?: string
  timestamp: string
}

/** A cart is created and read five times. */
export interface CreateThenReadRecord extends Outcome {
  scenario: 'create_then_read'
  create_time_ms: number
  /** Reads sent, failed ones included; 0 when the write before them failed. */
  read_attempts: number
  consistent_reads: number
  /** `consistent_reads` of `read_attempts`; `null` when no read was sent. */
  consistency_rate: number | null
  /**
   * For each read, how long after the write's answer had arrived the read's own answer had: only then is
   * the write known to be visible. `null` for a miss or a failed read.
   */
  delays_ms: (number | null)[]
}

/** Two units of one product are added to a new cart, which is then read five times. */
export interface WriteThenReadItemsRecord extends Outcome {
  scenario: 'write_then_read_items'
  product_id: number
  /** `null` when there was no cart to add to. */
  add_time_ms: number | null
  read_attempts: number
  /** Reads that showed the product with at least the quantity added. */
  item_visible_count: number
  /** `item_visible_count` of `read_attempts`; `null` when no read was sent. */
  consistency_rate: number | null
}

/** One client adds different products to one cart, one after another. */
export interface RapidUpdatesRecord extends Outcome {
  scenario: 'rapid_updates'
  updates_sent: number
  /** Updates that were acknowledged. */
  updates_successful: number
  /** Lines in the cart afterwards; `null` when it could not be read. */
  final_items_count: number | null
  updates: { product_id: number; time_ms: number; success: boolean }[]
}

/** Several clients at once add single units of ONE product to one cart. */
export interface ConcurrentUpdatesRecord extends Outcome {
  scenario: 'concurrent_updates'
  product_id: number
  clients: number
  updates_sent: number
  /** Updates that were acknowledged. */
  updates_successful: number
  /** Units whose add was acknowledged. */
  acknowledged_quantity: number
  /** Units whose add may or may not have happened: no answer, a cut-off one, or a server's failure. */
  unknown_quantity: number
  /** Units in the cart afterwards; `null` when it could not be read. */
  stored_quantity: number | null
  /** Acknowledged units that are not stored; `null` when the cart could not be read. */
  lost_updates: number | null
  /** Stored units beyond all that acknowledged and unknown adds explain; `null` likewise. */
  duplicated_updates: number | null
}
