import { CartError, type ErrorCode } from '../../cart/errors.ts'
import type { Item } from './attributes.ts'

/**
 * The store errors for failures of DynamoDB, the SDK (at the start, and when credentials are needed) and the network.
 * Anything that is not listed is INTERNAL_ERROR: a fault of ours to investigate.
 */

/** The system's codes for a process or a system without a file descriptor for one more connection. */
const NO_DESCRIPTOR = ['EMFILE', 'ENFILE']

/** Refused before execution, because of missing capacity or a conflicting request. */
const BUSY = [
  'ConditionalCheckFailedException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
  // Too many requests of this instance: no connection was free in time.
  'NoConnection',
  ...NO_DESCRIPTOR,
]
const MISCONFIGURED = [
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ERR_INVALID_URL',
]
/** The connection was never established, so the request was never sent. */
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']
const NOT_CONNECTED = [...UNREACHABLE, ...NO_DESCRIPTOR]
const UNAVAILABLE = [
  ...UNREACHABLE,
  'DamagedResponse',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'InternalServerError',
  'NetworkError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]
const TIMED_OUT = [
  'AbortError',
  'ETIMEDOUT',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
  'UND_ERR_CONNECT_TIMEOUT',
]

const CODES = new Map<string, ErrorCode>([
  ...BUSY.map((name) => [name, 'STORE_BUSY'] as const),
  ...MISCONFIGURED.map((name) => [name, 'STORE_MISCONFIGURED'] as const),
  ...UNAVAILABLE.map((name) => [name, 'STORE_UNAVAILABLE'] as const),
  ...TIMED_OUT.map((name) => [name, 'STORE_TIMEOUT'] as const),
  ['ItemCollectionSizeLimitExceededException', 'CART_LINES_LIMIT'],
])

/** Refusals of credentials that other credentials may avoid. */
const STALE_CREDENTIALS = new Set(['ExpiredTokenException', 'UnrecognizedClientException'])

/** Busy, but not throttled: a failed condition, or a wait that used up the time of the request. */
const NOT_THROTTLED = ['ConditionalCheckFailedException', 'NoConnection', ...NO_DESCRIPTOR]
const THROTTLED = new Set(BUSY.filter((name) => !NOT_THROTTLED.includes(name)))

/** Refusals that a wrong clock can cause, as the SDK lists them. */
const CLOCK_SKEW = new Set([
  'AccessDeniedException',
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
])

/** The `CartError` that `error` means; `error` itself when it is one, otherwise kept as the cause. */
export function storeError(error: unknown): CartError {
  if (error instanceof CartError) return error
  const code = codeOf(describe(error))
  const { region } = (error ?? {}) as { readonly region?: string }
  if (region !== undefined && LOST.includes(code))
    return new CartError('HOME_UNAVAILABLE', `The table of ${region} does not respond.`, {
      cause: error,
    })
  return new CartError(code, code === 'CART_LINES_LIMIT' ? TOO_LARGE : undefined, { cause: error })
}

/** No usable response. */
const LOST: readonly ErrorCode[] = ['STORE_TIMEOUT', 'STORE_UNAVAILABLE']

/** Whether the database gave no usable response. */
export function isLost(error: unknown): boolean {
  return !(error instanceof CartError) && LOST.includes(codeOf(describe(error)))
}

/**
 * Whether the request certainly changed nothing and may succeed when sent again. A timeout, a lost connection or a 5xx is not
 * certain: the change may have been made and only its response lost.
 */
export function isSafeToResend(error: unknown): boolean {
  const { name, sent, clockSkewCorrected } = describe(error)
  // The SDK reports a corrected clock with any failure, also with a 5xx that may have been executed.
  const signedAgain = clockSkewCorrected && CLOCK_SKEW.has(name)
  return THROTTLED.has(name) || (!sent && name !== 'NoConnection') || signedAgain
}

/** Whether the database no longer accepts the credentials of the request, which it has not executed. */
export function isStaleCredentials(error: unknown): boolean {
  return STALE_CREDENTIALS.has(describe(error).name)
}

/** Whether the database throttled the request. */
export function isThrottled(error: unknown): boolean {
  return THROTTLED.has(describe(error).name)
}

/** Whether the request may have been executed, so that only its response was lost. */
export function mayHaveHappened(error: unknown): boolean {
  const failure = describe(error)
  const code = codeOf(failure)
  return LOST.includes(code) && failure.sent
}

/**
 * The failure of a change to report: `lost`, if an earlier attempt may have been executed and `error` is STORE_BUSY, which
 * promises that nothing was changed; otherwise `error`.
 */
export function afterLost(error: unknown, lost: unknown): unknown {
  return lost !== undefined && storeError(error).code === 'STORE_BUSY' ? lost : error
}

/** Whether `error` is the exception of that name. */
export function isNamed(error: unknown, name: string): boolean {
  return describe(error).name === name
}

/**
 * The item that did not meet the condition of a change, where `error` says that the condition failed; `item` is absent
 * when there is no item or the endpoint does not return it.
 */
export function refusedItem(error: unknown): { readonly item: Item | undefined } | undefined {
  if (!isNamed(error, 'ConditionalCheckFailedException')) return undefined
  return { item: (error as { readonly Item?: Item }).Item }
}

const TOO_LARGE = 'The cart has reached the size limit of its database (400 KB).'

interface Failure {
  readonly name: string
  readonly systemCode: string
  readonly message: string
  readonly httpStatus: number
  readonly clockSkewCorrected: boolean
  readonly sent: boolean
}

function describe(error: unknown): Failure {
  const { name, code, message, sent, $metadata } = (error ?? {}) as {
    name?: unknown
    code?: unknown
    message?: unknown
    sent?: boolean
    $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean }
  }
  return {
    name: String(name),
    systemCode: String(code),
    message: String(message),
    httpStatus: $metadata?.httpStatusCode ?? 0,
    clockSkewCorrected: $metadata?.clockSkewCorrected === true,
    // The SDK's errors do not have this property.
    sent: sent ?? !NOT_CONNECTED.includes(String(code)),
  }
}

function codeOf({ name, systemCode, message, httpStatus }: Failure): ErrorCode {
  // The system's code first, because the SDK renames connection resets to TimeoutError.
  const known = CODES.get(systemCode) ?? CODES.get(name)
  if (known !== undefined) return known
  if (name === 'ValidationException' && message.startsWith('Item size')) return 'CART_LINES_LIMIT'
  if (message === 'socket hang up') return 'STORE_UNAVAILABLE'
  if (message.startsWith('Region is missing')) return 'STORE_MISCONFIGURED'
  return httpStatus >= 500 ? 'STORE_UNAVAILABLE' : 'INTERNAL_ERROR'
}
