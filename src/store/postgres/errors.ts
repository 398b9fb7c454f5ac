import { CartError, type ErrorCode } from '../../cart/errors.ts'

/**
 * The error codes of PostgreSQL, its client and the network, and the store errors that they become.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  // The statement was rolled back because of another session.
  '40001': 'STORE_BUSY', // serialization_failure
  '40P01': 'STORE_BUSY', // deadlock_detected
  '55P03': 'STORE_BUSY', // lock_not_available
  '57014': 'STORE_TIMEOUT', // query_canceled, by statement_timeout
  '25006': 'STORE_UNAVAILABLE', // read_only_sql_transaction: connected to a standby after a failover
  '57P01': 'STORE_UNAVAILABLE', // admin_shutdown
  '57P02': 'STORE_UNAVAILABLE', // crash_shutdown
  '57P03': 'STORE_UNAVAILABLE', // cannot_connect_now
  '57P05': 'STORE_UNAVAILABLE', // idle_session_timeout
  '3D000': 'STORE_MISCONFIGURED', // invalid_catalog_name: no such database
  '3F000': 'STORE_MISCONFIGURED', // invalid_schema_name
  '42P01': 'STORE_MISCONFIGURED', // undefined_table
  '42703': 'STORE_MISCONFIGURED', // undefined_column
  '42883': 'STORE_MISCONFIGURED', // undefined_function
  '42501': 'STORE_MISCONFIGURED', // insufficient_privilege
  ECONNREFUSED: 'STORE_UNAVAILABLE',
  ECONNRESET: 'STORE_UNAVAILABLE',
  ECONNABORTED: 'STORE_UNAVAILABLE',
  EPIPE: 'STORE_UNAVAILABLE',
  ETIMEDOUT: 'STORE_UNAVAILABLE',
  EHOSTUNREACH: 'STORE_UNAVAILABLE',
  ENETUNREACH: 'STORE_UNAVAILABLE',
  ENOTFOUND: 'STORE_UNAVAILABLE',
  EAI_AGAIN: 'STORE_UNAVAILABLE',
  // Node's codes for a server certificate that cannot be verified.
  DEPTH_ZERO_SELF_SIGNED_CERT: 'STORE_MISCONFIGURED',
  SELF_SIGNED_CERT_IN_CHAIN: 'STORE_MISCONFIGURED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'STORE_MISCONFIGURED',
  UNABLE_TO_GET_ISSUER_CERT: 'STORE_MISCONFIGURED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'STORE_MISCONFIGURED',
  CERT_HAS_EXPIRED: 'STORE_MISCONFIGURED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'STORE_MISCONFIGURED',
}

const BY_CLASS: Readonly<Record<string, ErrorCode>> = {
  '08': 'STORE_UNAVAILABLE', // connection exceptions
  '28': 'STORE_MISCONFIGURED', // user or password refused
  '53': 'STORE_UNAVAILABLE', // insufficient resources: 53300 too_many_connections, 53100 disk_full
}

/** The client's own errors have no codes, only messages. */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorCode])[] = [
  // No connection became free in time, so nothing was sent.
  [/^timeout exceeded when trying to connect/, 'STORE_BUSY'],
  [/^Query read timeout/, 'STORE_TIMEOUT'],
  [/^Connection terminated|^timeout expired|not queryable|Client was closed/, 'STORE_UNAVAILABLE'],
  [/^Cannot use a pool after calling end/, 'STORE_UNAVAILABLE'],
  [/^SASL: |does not support SSL connections/, 'STORE_MISCONFIGURED'],
]

/** The `CartError` for an error of `pg`, which becomes its cause. */
export function asCartError(error: unknown): CartError {
  if (error instanceof CartError) return error
  return new CartError(meaningOf(error), undefined, { cause: error })
}

/** Whether the database rolled back the statement because of another one, so that it may be sent again. */
export function wasUndone(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(codeOf(error))
}

/**
 * Whether the database refused a statement for its content, and not for the state of the database or with an unknown outcome.
 * The members of a batch may then be sent again one by one.
 */
export function wasRefused({ code, cause }: CartError): boolean {
  return code === 'INTERNAL_ERROR' && /^[0-9A-Z]{5}$/.test(codeOf(cause))
}

/** Whether an established connection broke, so that the response was lost; a new connection may work. */
export function wasCutOff(error: unknown): boolean {
  if (['57P01', '57P02', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))) return true
  return (
    error instanceof Error &&
    /^Connection terminated unexpectedly|not queryable/.test(error.message)
  )
}

function meaningOf(error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'INTERNAL_ERROR'
  const code = codeOf(error)
  const byMessage = BY_MESSAGE.find(([words]) => words.test(error.message))
  // The class is the first two characters of a SQLSTATE; a system code such as EPIPE has no class.
  const classOf = /^[0-9A-Z]{5}$/.test(code) ? BY_CLASS[code.slice(0, 2)] : undefined
  return BY_CODE[code] ?? classOf ?? byMessage?.[1] ?? 'INTERNAL_ERROR'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}
