/** How an operation of a load can end. */
export const OUTCOME_KINDS = [
  /** A status of success; for a create also a cart id. */
  'ok',
  /** Another status: below 400, 4xx, 5xx. */
  'unexpected_status',
  'client_error',
  'server_error',
  /** A status of success with something else in the body, or not HTTP. */
  'bad_answer',
  /** No response within the spec's `timeout_ms`. */
  'timeout',
  /** No connection, or one that broke; `name` is the code of the system error. */
  'network',
  /** Not sent, since the shopper's cart could not be created. */
  'no_cart',
  /** Not sent, since no connection became free for it before the end. */
  'unsent',
  /** In flight when the run was cut off: neither a success nor a failure. */
  'interrupted',
] as const

export type OutcomeKind = (typeof OUTCOME_KINDS)[number]
