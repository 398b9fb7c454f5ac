/** The three core operations, in the order in which the customary test runs them. */
export const OPERATIONS = ['create_cart', 'add_items', 'get_cart'] as const

export type Operation = (typeof OPERATIONS)[number]

/** One measured operation, exactly as the result files hold it. */
export interface PerfRecord {
  operation: Operation
  /** Milliseconds from just before sending to the whole answer read, 2 decimals. */
  response_time: number
  /** Whether the answer had the status and the shape that the API promises. */
  success: boolean
  /** The status answered; 0 where no answer came. */
  status_code: number
  /** When the operation started, ISO 8601 UTC. */
  timestamp: string
  /** Why it failed; absent on success. */
  error?: string
}
