import { setTimeout as sleep } from 'node:timers/promises'
import type { LayoutName } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import { openPool } from './connection.ts'
import { layoutOfDatabase, setLayout } from './database-layout.ts'
import { asCartError } from './errors.ts'
import { requireSchema } from './migrate.ts'
import type { ConnectionOptions } from './options.ts'
import { type Client, changeSchema, runUnhurried } from './schema-change.ts'

/** What a conversion found and converted. */
export interface Conversion {
  /** The layout before; the wanted one if there was nothing to do. */
  readonly from: LayoutName
  readonly carts: number
  readonly lines: number
}

/** After the conversion the carts or lines were not the same. Nothing was changed. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError'
}

/**
 * Converts all carts of a database to a layout, while no service runs: all in one transaction, or none. The digest of the carts
 * and lines must be the same before and after.
 *
 * @throws ConfigError when the conversion must not be made now; ConversionError when the digests differ; CartError when the
 *         database cannot be used
 */
export async function convertLayout(
  options: ConnectionOptions,
  to: LayoutName,
): Promise<Conversion> {
  try {
    const client = await openPool({ ...options, poolSize: 1 }).connectOne()
    try {
      await requireSchema(client)
      return await convert(client, to)
    } finally {
      await client.end()
    }
  } catch (error) {
    if (error instanceof ConversionError || error instanceof ConfigError) throw error
    throw refusalOf(error) ?? asCartError(error)
  }
}

async function convert(client: Client, to: LayoutName): Promise<Conversion> {
  const from = await layoutOfDatabase(client)
  if (from === to) return { from, ...(await digestOf(client)) }
  await requireNobody(client)
  // The plans of the service's sessions are for a few rows.
  for (const setting of ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'])
    await client.query(`set ${setting} = on`)
  await client.query('set statement_timeout = 0')
  const converted = await changeSchema(client, async () => {
    const tables = from === 'rows' ? 'carts, cart_lines' : 'carts'
    await client.query(`lock table ${tables} in access exclusive mode nowait`)
    const before = await digestOf(client)
    await setLayout(client, to)
    const after = await digestOf(client)
    if (after.digest !== before.digest)
      throw new ConversionError(
        `the carts would not be the same (digest ${before.digest} before, ${after.digest} after): nothing was changed`,
      )
    return { from, ...before }
  })
  // Every row was written anew beside its old version.
  await runUnhurried(client, 'vacuum (full, analyze) carts')
  await runUnhurried(client, 'analyze')
  return converted
}

/** How long a session may take to end after its client has disconnected. */
const ENDING_MS = 1000
const LOOK_MS = 50

/** Sessions of the service are those of its user; a service without one cannot be seen, but its changes fail afterwards. */
async function requireNobody(client: Client): Promise<void> {
  const until = performance.now() + ENDING_MS
  let others = await otherSessions(client)
  while (others.sessions > 0 && performance.now() < until) {
    await sleep(LOOK_MS)
    others = await otherSessions(client)
  }
  const { sessions, names } = others
  if (sessions > 0)
    throw new ConfigError(
      `the database is in use by ${sessions} other ${sessions === 1 ? 'session' : 'sessions'} of the same user (${names}): stop the service and end these sessions first`,
    )
}

async function otherSessions(client: Client): Promise<{ sessions: number; names: string }> {
  const { rows } = await client.query(
    `select count(*)::int as sessions, string_agg(distinct coalesce(nullif(application_name, ''), 'unnamed'), ', ') as names
       from pg_stat_activity
      where datname = current_database() and usename = current_user and backend_type = 'client backend'
        and pid <> pg_backend_pid()`,
  )
  return rows[0]
}

interface Digest {
  readonly carts: number
  readonly lines: number
  readonly digest: string
}

/** Sums of the hashes of all carts and lines, whatever their order. `cart_lines` has the lines in both layouts. */
async function digestOf(client: Client): Promise<Digest> {
  const { rows } = await client.query({
    query_timeout: 2 ** 31 - 1,
    text: `select cart.carts, line.lines, cart.digest || ':' || line.digest as digest
      from (select count(*) as carts, coalesce(sum(hashtextextended(
              (to_jsonb(carts) - array['line_keys', 'line_names', 'line_numbers'])::text, 0)), 0) as digest
              from carts) as cart,
           (select count(*) as lines, coalesce(sum(hashtextextended(to_jsonb(cart_lines)::text, 0)), 0) as digest
              from cart_lines) as line`,
  } as { text: string })
  const [row] = rows
  return { carts: Number(row.carts), lines: Number(row.lines), digest: String(row.digest) }
}

/** Errors of PostgreSQL with which it refuses the conversion. */
function refusalOf(error: unknown): ConfigError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code === '55P03')
    return new ConfigError('the tables are locked by another session: stop the service first')
  if (error.code !== '2BP01') return undefined
  const detail = 'detail' in error ? String(error.detail).replaceAll('\n', '; ') : error.message
  return new ConfigError(
    `drop what depends on the table of the lines, and create it again: ${detail}`,
  )
}
