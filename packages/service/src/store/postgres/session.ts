import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { CartError } from '../../cart/errors.ts'

/**
 * How a session gets its plans and timeouts:
 *
 * - `startup` as start-up parameters, which costs no round trip
 * - `set`     with a statement after connecting, for poolers that refuse start-up parameters
 * - `role`    from the role of the service, for poolers that give every transaction another session
 */
export type SessionMode = 'startup' | 'set' | 'role'

export interface SessionOptions {
  readonly mode: SessionMode
  readonly statementTimeoutMs: number
  /** The parameter `options` of the URL, such as `-c work_mem=5MB`. */
  readonly options: readonly string[]
}

/**
 * Every statement looks up a few rows by an index, so that one plan per connection is enough. PostgreSQL would otherwise plan
 * `= any ($1)` for every call, which takes as long as a get; and a plan made for small tables, as in a new database, would
 * scan them for as long as the connection lives.
 */
const PLANS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
}

/** database.ts retries a statement that waits for a lock, within about the time of one statement. */
function timeoutsOf({ statementTimeoutMs }: SessionOptions) {
  return {
    statement_timeout: statementTimeoutMs,
    lock_timeout: Math.ceil(statementTimeoutMs / 4),
  }
}

/** The start-up parameters. */
export function startupOf(session: SessionOptions): pg.ClientConfig {
  if (session.mode !== 'startup') return {}
  const plans = Object.entries(PLANS).map(([name, value]) => `-c ${name}=${value}`)
  // The server applies the last setting of a name.
  return { ...timeoutsOf(session), options: [...plans, ...session.options].join(' ') }
}

/** Prepares a new connection. */
export async function prepareSession(
  client: Pick<pg.ClientBase, 'query'>,
  session: SessionOptions,
): Promise<void> {
  if (session.mode !== 'set') return
  const settings = [
    ...Object.entries(PLANS),
    ...settingsIn(session.options),
    ...Object.entries(timeoutsOf(session)),
  ]
  await client.query(
    `select set_config(name, value, false) from unnest($1::text[], $2::text[]) as setting (name, value)`,
    [settings.map(([name]) => name), settings.map(([, value]) => `${value}`)],
  )
}

/** The settings in `-c name=value` and `--name=value`. */
function settingsIn(options: readonly string[]): [string, string][] {
  return options.flatMap((text) =>
    Array.from(
      text.matchAll(/(?:-c\s*|--)([\w.-]+)=((?:\\.|\S)*)/g),
      ([, name = '', value = '']) => [name.replaceAll('-', '_'), value.replace(/\\(.)/g, '$1')],
    ),
  )
}

/**
 * Makes sure that a session has timeouts, and that it stays one session where it must: a pooler may have dropped parameters, or
 * may give every transaction another session.
 *
 * @param another runs a statement in another new connection
 * @throws CartError STORE_MISCONFIGURED
 */
export async function checkSession(
  client: Session,
  session: SessionOptions,
  another: (statement: string) => Promise<Record<string, unknown> | undefined>,
): Promise<void> {
  const { rows } = await client.query<{ name: string; ms: number; pid: number }>(
    `select name, setting::int as ms, pg_backend_pid() as pid from pg_settings
     where name in ('statement_timeout', 'lock_timeout')`,
  )
  const found = Object.fromEntries(rows.map(({ name, ms }) => [name, ms]))
  requireTimeouts(found, session)
  // A pooler invents the process id that it gives to a client.
  const isDirect = rows[0]?.pid === client.processID
  if (session.mode === 'role' || isDirect) return
  const token = randomUUID()
  await client.query(`select set_config('pushcart.session', $1, false)`, [token])
  for (let look = 1; look <= LOOKS; look++) {
    const seen = await another(`select current_setting('pushcart.session', true) as token`)
    if (seen?.token === token) throw misconfigured(TRANSACTION_POOLING)
  }
}

/** The types of `pg` lack the process id that the server announced. */
type Session = Pick<pg.ClientBase, 'query'> & { readonly processID?: number | null }

/** Other clients of a pooler may use the session of the first connection just then. */
const LOOKS = 3

const TRANSACTION_POOLING =
  'a connection pooler gives every transaction another session: set DATABASE_SESSION_SETTINGS=role, or let the pooler pool by session'

function requireTimeouts(found: Readonly<Record<string, number>>, session: SessionOptions): void {
  const wanted = timeoutsOf(session)
  const { statement_timeout: statement = 0, lock_timeout: lock = 0 } = found
  if (session.mode !== 'role') {
    if (statement === wanted.statement_timeout && lock === wanted.lock_timeout) return
    throw misconfigured(
      `the session has a statement_timeout of ${statement} ms instead of ${wanted.statement_timeout} ms, so a connection pooler drops its settings: set DATABASE_SESSION_SETTINGS=set (session pooling) or role (transaction pooling)`,
    )
  }
  const fits = lock > 0 && lock <= statement && statement <= wanted.statement_timeout
  if (fits) return
  throw misconfigured(
    `DATABASE_SESSION_SETTINGS=role requires timeouts of the role: alter role ... set statement_timeout = ${wanted.statement_timeout}; alter role ... set lock_timeout = ${wanted.lock_timeout} (found ${statement} ms and ${lock} ms)`,
  )
}

function misconfigured(problem: string): CartError {
  return new CartError(
    'STORE_MISCONFIGURED',
    `The database of DATABASE_URL cannot be used: ${problem}`,
  )
}
