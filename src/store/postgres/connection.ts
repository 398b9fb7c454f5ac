import pg from 'pg'
import { CartError } from '../../cart/errors.ts'

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`; `sslmode` and `sslrootcert` are honoured. */
  readonly databaseUrl: string
  /** Maximum number of connections; default 10. */
  readonly poolSize?: number | undefined
  /** Maximum time for one statement, milliseconds; default 5000. */
  readonly statementTimeoutMs?: number | undefined
}

const INT8 = 20

/** Maximum time for a statement, for its wait for a connection and for its time in a queue, milliseconds. */
export function statementTimeoutOf({ statementTimeoutMs = 5000 }: ConnectionOptions): number {
  return statementTimeoutMs
}

/**
 * Parses bigints as numbers, because all of ours (times, money, counts, versions) are safe integers. Set for this pool only,
 * because `pg`'s table of parsers is shared by the whole process.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

/**
 * Every statement looks up a few rows by an index, so that one plan per connection is enough. PostgreSQL would otherwise plan
 * `= any ($1)` for every call, which takes as long as a get; and a plan made for small tables, as in a new database, would
 * scan them for as long as the connection lives.
 */
const PLANS = [
  '-c plan_cache_mode=force_generic_plan',
  '-c enable_seqscan=off',
  '-c enable_hashjoin=off',
  '-c enable_mergejoin=off',
]

/** Parameters of the URL that `pg` would prefer to the options of the pool. */
const OVERRIDDEN = ['options', 'statement_timeout', 'lock_timeout', 'query_timeout']

/** A pool that connects on first use and drops broken connections. */
export function createPool(options: ConnectionOptions): pg.Pool {
  const statementTimeoutMs = statementTimeoutOf(options)
  const config = clientConfig(options.databaseUrl)
  const url = new URL(options.databaseUrl)
  const optionsOfUrl = url.searchParams.getAll('options')
  for (const name of OVERRIDDEN) url.searchParams.delete(name)
  const pool = new pg.Pool({
    ...config,
    connectionString: url.href,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: statementTimeoutMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    // database.ts retries a statement that waits for a lock, within about the time of one statement.
    lock_timeout: Math.ceil(statementTimeoutMs / 4),
    // The timeout of the server does not help when the connection is lost.
    query_timeout: statementTimeoutMs + 1000,
    // The server applies the last setting of a name.
    options: [...PLANS, ...optionsOfUrl].join(' '),
    types,
  })
  // An idle connection broke, usually because the database restarted. The pool has already dropped it; without a listener
  // the event would end the process.
  pool.on('error', () => {})
  return pool
}

/** A single connection without timeouts, for migrations. */
export function createClient(databaseUrl: string): pg.Client {
  const client = new pg.Client({ ...clientConfig(databaseUrl), connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  return client
}

/** Never includes the URL in a message, because it has the password. */
function clientConfig(databaseUrl: string): pg.ClientConfig {
  const config = {
    connectionString: databaseUrl,
    application_name: 'pushcart',
    keepAlive: true,
  }
  if (!/^postgres(ql)?:\/\/./.test(databaseUrl) || !URL.canParse(databaseUrl))
    throw new CartError(
      'STORE_MISCONFIGURED',
      'DATABASE_URL: must be a PostgreSQL URL such as postgres://user:password@host:5432/database',
    )
  try {
    // Parses the URL and reads its certificate files, without connecting.
    new pg.Client(config)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CartError('STORE_MISCONFIGURED', `DATABASE_URL: ${reason}`, { cause })
  }
  return config
}
