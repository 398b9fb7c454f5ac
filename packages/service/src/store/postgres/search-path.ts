import { ConfigError } from '../../config/config-error.ts'
import { openPool } from './connection.ts'
import { asCartError } from './errors.ts'
import type { ConnectionOptions } from './options.ts'

/**
 * The search path of sessions that take part in a move: that of other sessions, and behind it the schema into which
 * `fence_carts` (`migrations/0009_moving.sql`) puts the table `carts`.
 *
 * @throws ConfigError when a pooler gives every transaction another session; CartError when the database cannot be reached
 */
export async function movingSearchPath(options: ConnectionOptions): Promise<string> {
  if (options.session === 'role')
    throw new ConfigError(
      'DATABASE_SESSION_SETTINGS=role cannot be used during a move, because sessions need a search path: connect to PostgreSQL directly, or let the pooler pool by session',
    )
  const { pool, connectOne } = openPool(options)
  try {
    const client = await connectOne()
    const { rows } = await client.query<{ path: string }>(
      `select current_setting('search_path') || ',' || quote_ident(current_schema() || '_moving') as path`,
    )
    await client.end()
    return (rows[0]?.path ?? '').replaceAll(/,\s+/g, ',')
  } catch (error) {
    throw asCartError(error)
  } finally {
    await pool.end()
  }
}
