import { CartError, type ErrorCode } from '../../cart/errors.ts'
import { NO_PASSWORD } from './password.ts'

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
  '53300': 'STORE_BUSY', // too_many_connections: nothing was sent
  '0A000': 'STORE_MISCONFIGURED', // feature_not_supported: RDS Proxy, of start-up parameters
  '42P05': 'STORE_MISCONFIGURED', // duplicate_prepared_statement: a connection pooler mixes sessions
  '3D000': 'STORE_MISCONFIGURED', // invalid_catalog_name: no such database
  '3F000': 'STORE_MISCONFIGURED', // invalid_schema_name
  '42P01': 'STORE_MISCONFIGURED', // undefined_table
  '42703': 'STORE_MISCONFIGURED', // undefined_column
  '42883': 'STORE_MISCONFIGURED', // undefined_function
  '42501': 'STORE_MISCONFIGURED', // insufficient_privilege
  '55000': 'STORE_MISCONFIGURED', // object_not_in_prerequisite_state: `cart_lines` is a view, the layout has been converted
  ECONNREFUSED: 'STORE_UNAVAILABLE',
  ECONNRESET: 'STORE_UNAVAILABLE',
  ECONNABORTED: 'STORE_UNAVAILABLE',
  EPIPE: 'STORE_UNAVAILABLE',
  ETIMEDOUT: 'STORE_UNAVAILABLE',
  EHOSTUNREACH: 'STORE_UNAVAILABLE',
  ENETUNREACH: 'STORE_UNAVAILABLE',
  ENOTFOUND: 'STORE_UNAVAILABLE',
  EAI_AGAIN: 'STORE_UNAVAILABLE',
  // No file descriptor was left for a connection, so nothing was sent.
  EMFILE: 'STORE_BUSY',
  ENFILE: 'STORE_BUSY',
  [NO_PASSWORD]: 'STORE_MISCONFIGURED',
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
  '26': 'STORE_MISCONFIGURED', // invalid_sql_statement_name: a connection pooler mixes sessions
  '28': 'STORE_MISCONFIGURED', // user or password refused
  '53': 'STORE_UNAVAILABLE', // insufficient resources: 53100 disk_full
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

/** PgBouncer reports them as a protocol violation. */
const REFUSED_PARAMETER = /startup parameter|command-line options/

/** The `CartError` for an error of `pg`, which becomes its cause. */
export function asCartError(error: unknown): CartError {
  if (error instanceof CartError) return error
  return new CartError(meaningOf(error), undefined, { cause: withHint(error) })
}

/** What operators can do about an error, where its message does not say it. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(26\d{3}|42P05) /,
    'a connection pooler mixes the prepared statements of sessions: set DATABASE_SESSION_SETTINGS=role, or let it pool by session',
  ],
  [
    REFUSED_PARAMETER,
    'a connection pooler refuses start-up parameters: set DATABASE_SESSION_SETTINGS=set (session pooling) or role (transaction pooling)',
  ],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+) /,
    'add sslrootcert=FILE to DATABASE_URL, a file with the certificate of the authority',
  ],
  [/ no pg_hba\.conf entry .*no encryption/, 'add sslmode=verify-full to DATABASE_URL'],
  [
    /^\S* SASL: .*password must be/,
    'a password is required: see DATABASE_PASSWORD_FILE and PGPASSWORD',
  ],
]

/** The error, or one whose message has a hint after that of the error. */
function withHint(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const hint = HINTS.find(([words]) => words.test(`${codeOf(error)} ${error.message}`))?.[1]
  if (hint === undefined) return error
  return Object.assign(new Error(`${error.message}: ${hint}`, { cause: error }), {
    code: codeOf(error),
  })
}

/** Whether no connection of the pool became free in time. */
export function isWaitForPool(error: unknown): boolean {
  return error instanceof Error && /^timeout exceeded when trying to connect/.test(error.message)
}

/** Whether the server refused the password. */
export function isPasswordRefused(error: unknown): boolean {
  return codeOf(error) === '28P01'
}

/** Whether the server has no connection left for us, or this process no file descriptor for one. */
export function isTooManyConnections(error: unknown): boolean {
  return ['53300', 'EMFILE', 'ENFILE'].includes(codeOf(error))
}

/** Whether another server, or another encryption, may accept the connection that failed so. */
export function isAnotherRouteWorthwhile(error: unknown): boolean {
  const code = codeOf(error)
  // libpq does not try another host after a wrong password either.
  return (
    !['28P01', '3D000', '53300', 'EMFILE', 'ENFILE', NO_PASSWORD].includes(code) &&
    !isPoolClosed(error)
  )
}

function isPoolClosed(error: unknown): boolean {
  return error instanceof Error && /^Cannot use a pool after calling end/.test(error.message)
}

/** Whether the statement certainly was not executed, so that it may be sent again over another connection. */
export function cannotHaveRun(error: unknown): boolean {
  // The session had ended while it was idle, or its server accepts no changes.
  if (['57P05', '25006'].includes(codeOf(error))) return true
  return error instanceof Error && /not queryable/.test(error.message)
}

/** Whether the session can execute further statements after this error of a statement. */
export function leavesSessionUsable(error: unknown): boolean {
  return wasUndone(error) || codeOf(error) === '57014'
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
  return error instanceof Error && /^Connection terminated unexpectedly/.test(error.message)
}

function meaningOf(error: unknown): ErrorCode {
  if (!(error instanceof Error)) return 'INTERNAL_ERROR'
  const code = codeOf(error)
  const byMessage = BY_MESSAGE.find(([words]) => words.test(error.message))
  // The class is the first two characters of a SQLSTATE; a system code such as EPIPE has no class.
  if (code === '08P01' && REFUSED_PARAMETER.test(error.message)) return 'STORE_MISCONFIGURED'
  const classOf = /^[0-9A-Z]{5}$/.test(code) ? BY_CLASS[code.slice(0, 2)] : undefined
  return BY_CODE[code] ?? classOf ?? byMessage?.[1] ?? 'INTERNAL_ERROR'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}
