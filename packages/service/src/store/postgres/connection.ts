import pg from 'pg'
import { type ConnectionOptions, checkConnectionOptions, statementTimeoutOf } from './options.ts'
import { openPasswords, type Passwords } from './password.ts'
import { openRoutes, type Routes } from './routes.ts'
import { prepareSession, type SessionOptions, startupOf } from './session.ts'
import { timeQueries } from './timed-query.ts'
import type { DatabaseAddress } from './url.ts'

/** A pool with what it was made from. */
export interface OpenPool {
  readonly pool: pg.Pool
  readonly poolSize: number
  readonly routes: Routes
  readonly session: SessionOptions
  /** Where passwords come from; `undefined` if from the URL or the environment. */
  readonly passwords: Passwords | undefined
  /** Opens one more connection like those of the pool; whoever calls it ends it. */
  connectOne(): Promise<pg.Client>
}

const INT8 = 20

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
 * A pool that connects on first use and drops broken connections.
 *
 * @throws ConfigError
 */
export function openPool(options: ConnectionOptions): OpenPool {
  const address = checkConnectionOptions(options)
  const statementTimeoutMs = statementTimeoutOf(options)
  const { poolSize = 10, session: mode = 'startup', searchPath } = options
  const path = searchPath === undefined ? [] : [`-c search_path=${escaped(searchPath)}`]
  const parameters = [...address.parameters.getAll('options'), ...path]
  const session = { mode, statementTimeoutMs, options: parameters }
  const routes = openRoutes(address.routes)
  const passwords = options.password && openPasswords(options.password, statementTimeoutMs)
  const config: pg.ClientConfig = {
    ...clientConfig(address, passwords),
    ...startupOf(session),
    connectionTimeoutMillis: statementTimeoutMs,
    types,
  }

  /** Takes the route of the moment. */
  class RoutedClient extends pg.Client {
    constructor() {
      // Not from the options of the pool, which hide the password from spreading.
      super({ ...config, ...routes.current() })
      // A connection that breaks is an error of its statement; without a listener, the event would end the process.
      this.on('error', () => {})
      // The timeout of the server does not help when the connection is lost.
      this.query = timeQueries(this, statementTimeoutMs + 1000) as pg.Client['query']
    }
  }

  const prepare = async (client: pg.ClientBase) => {
    await prepareSession(client, session)
    if (address.mustWrite) await requireWritable(client)
  }
  const pool = new pg.Pool({
    ...config,
    Client: RoutedClient,
    max: poolSize,
    idleTimeoutMillis: 60_000,
    // The types do not know that the pool waits for the promise.
    onConnect: prepare as (client: pg.ClientBase) => void,
  })
  // An idle connection broke, usually because the database restarted. The pool has already dropped it; without a listener
  // the event would end the process.
  pool.on('error', () => {})
  return {
    pool,
    poolSize,
    routes,
    session,
    passwords,
    async connectOne() {
      const client = new RoutedClient()
      try {
        await client.connect()
        await prepare(client)
        return client
      } catch (error) {
        await client.end()
        throw error
      }
    },
  }
}

/** A value in `options`, where a space would end it. */
function escaped(value: string): string {
  return value.replace(/[\\\s]/g, '\\$&')
}

/** The code of an error for a server that accepts no changes; PostgreSQL's own for a change on it. */
const READ_ONLY = '25006'

async function requireWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(
    `select pg_is_in_recovery() or current_setting('transaction_read_only')::bool as read_only`,
  )
  if (rows[0]?.read_only === true)
    throw Object.assign(new Error('the server is a standby or read-only'), { code: READ_ONLY })
}

function clientConfig(
  { user, password, database, parameters }: DatabaseAddress,
  passwords: Passwords | undefined,
): pg.ClientConfig {
  const passed = ['client_encoding', 'sslnegotiation'].flatMap((name) => {
    const value = parameters.get(name)
    return value === null ? [] : [[name, value]]
  })
  return {
    ...Object.fromEntries(passed),
    user,
    database,
    application_name: parameters.get('application_name') ?? 'pushcart',
    keepAlive: true,
    // `pg` passes the parameters of the connection, which its types do not know.
    password: (passwords?.read as Password | undefined) ?? (password || passwordOfEnvironment),
  }
}

/** A function, because `pg` would otherwise look for a password file and warn on the terminal that it did. */
function passwordOfEnvironment(): string {
  return process.env.PGPASSWORD ?? ''
}

type Password = Extract<pg.ClientConfig['password'], (...parameters: never[]) => unknown>
