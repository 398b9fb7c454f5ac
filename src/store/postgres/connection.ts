import pg from 'pg'
import { CartError } from '../../cart/errors.ts'

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`; `sslmode` and `sslrootcert` are honoured. */
  readonly databaseUrl: string
  /** Most connections at once; default 10. */
  readonly poolSize?: number | undefined
  /** Longest time the database may work on one statement, milliseconds; default 5000. */
  readonly statementTimeoutMs?: number | undefined
}

const INT8 = 20

/** How long a statement may take, and how long one may wait for a connection or for its turn; milliseconds. */
export function statementTimeoutOf({ statementTimeoutMs = 5000 }: ConnectionOptions): number {
  return statementTimeoutMs
}

/**
 * All our bigints (times, money, counts, versions) are safe integers, so they are read as numbers; said
 * to this pool alone, because `pg`'s own table of parsers belongs to the whole process.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

/**
 * Every statement looks up a few rows by an index, so it is planned for that once and for all. PostgreSQL would plan
 * `= any ($1)` anew for every call, which takes as long as a get itself; and a plan made while the tables are
 * small, as in a new database, would read them whole for as long as the connection lives.
 */
const PLANS = [
  '-c plan_cache_mode=force_generic_plan',
  '-c enable_seqscan=off',
  '-c enable_hashjoin=off',
  '-c enable_mergejoin=off',
]

/** What `pg` would take from the URL in place of what the pool is given. */
const GIVEN = ['options', 'statement_timeout', 'lock_timeout', 'query_timeout']

/** A pool that connects on its first use. Broken connections leave it by themselves. */
export function createPool(options: ConnectionOptions): pg.Pool {
  const statementTimeoutMs = statementTimeoutOf(options)
  const config = clientConfig(options.databaseUrl)
  const url = new URL(options.databaseUrl)
  const optionsOfUrl = url.searchParams.getAll('options')
  for (const name of GIVEN) url.searchParams.delete(name)
  const pool = new pg.Pool({
    ...config,
    connectionString: url.href,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: statementTimeoutMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    // Waiting for a lock is tried a few times (see database.ts) within about a statement's time.
    lock_timeout: Math.ceil(statementTimeoutMs / 4),
    // The database's own timeout does not help when it cannot be heard any more.
    query_timeout: statementTimeoutMs + 1000,
    // Of two settings of one name the server takes the later.
    options: [...PLANS, ...optionsOfUrl].join(' '),
    types,
  })
  // An idle connection broke, most likely because the database restarted. The pool has already dropped
  // it; without a listener the event would end the process.
  pool.on('error', () => {})
  return pool
}

/** A single connection without timeouts, for migrations. */
export function createClient(databaseUrl: string): pg.Client {
  const client = new pg.Client({ ...clientConfig(databaseUrl), connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  return client
}

/** Never repeats the URL in a message: it holds the password. */
function clientConfig(databaseUrl: string): pg.ClientConfig {
  const config = {
    connectionString: databaseUrl,
    application_name: 'pushcart',
    keepAlive: true,
  }
  if (!/^postgres(ql)?:\/\/./.test(databaseUrl) || !URL.canParse(databaseUrl))
    throw new CartError(
      'STORE_MISCONFIGURED',
      'DATABASE_URL: not a PostgreSQL URL; it looks like postgres://user:password@host:5432/database',
    )
  try {
    // Reads the URL and the certificate files it names; connects nowhere.
    new pg.Client(config)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CartError('STORE_MISCONFIGURED', `DATABASE_URL: ${reason}`, { cause })
  }
  return config
}
