import type { ErrorCode, Problem } from './types.ts'

/**
 * Where there is no response to take a code from: `NETWORK_ERROR` (no connection, or the response was cut off), `TIMEOUT`
 * (none in `timeoutMs`), `UNEXPECTED_ANSWER` (not what the API promises: some other service, or a proxy).
 */
export type ClientErrorCode = 'NETWORK_ERROR' | 'TIMEOUT' | 'UNEXPECTED_ANSWER'

/** What an error knows besides its code and message. */
export interface PushcartErrorDetails {
  readonly status?: number
  readonly problem?: Problem | undefined
  readonly requestId?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/**
 * A request that failed for good: the service refused it, or every try failed. `message` is for people and
 * `code` for programs.
 */
export class PushcartError extends Error {
  override readonly name = 'PushcartError'
  /** Newer services may have codes that this client does not list. */
  readonly code: ErrorCode | ClientErrorCode | (string & {})
  /** HTTP status of the last response; 0 when there was none. */
  readonly status: number
  /** The service's own account, with members such as `current_version`; absent when something else responded. */
  readonly problem: Problem | undefined
  /** By which the service's log finds the request. */
  readonly requestId: string | undefined
  /** How long the service asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** How often the request was sent. */
  readonly attempts: number

  constructor(
    code: PushcartError['code'],
    message: string,
    details: PushcartErrorDetails = {},
    attempts = 1,
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.status = details.status ?? 0
    this.problem = details.problem
    this.requestId = details.requestId
    this.retryAfterMs = details.retryAfterMs
    this.attempts = attempts
  }
}
