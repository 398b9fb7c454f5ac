/** The three core operations, in the order of the quick test. */
export const OPERATIONS = ['create_cart', 'add_items', 'get_cart'] as const

export type Operation = (typeof OPERATIONS)[number]

/** One measured operation, as in the result files. */
export interface PerfRecord {
  operation: Operation
  /** Milliseconds from just before sending to the end of the response, 2 decimals. */
  response_time: number
  /** Whether the response had the status and the shape of the API. */
  success: boolean
  /** The HTTP status; 0 without a response. */
  status_code: number
  /** When the operation started, ISO 8601 UTC. */
  timestamp: string
  /** Why it failed; absent on success. */
  error?: string
}
