import type pg from 'pg'
import { CartError } from '../../cart/errors.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { OpenPool } from './connection.ts'
import type { Connections } from './connections.ts'
import { asCartError } from './errors.ts'
import { ensureSchema, type SchemaOptions } from './migrate.ts'
import { checkSession } from './session.ts'

/**
 * Checks at the start, over a connection of the pool, what every call will need: that the database can be reached, the settings
 * of its sessions, and the schema.
 *
 * @throws CartError with a message for operators; ConfigError when the database has carts in another layout
 */
export async function checkAtStart(
  opened: OpenPool,
  connections: Connections,
  schema: SchemaOptions,
): Promise<void> {
  let client: pg.PoolClient | undefined
  try {
    client = await connections.take()
    await checkSession(client, opened.session, (statement) => runElsewhere(opened, statement))
    await ensureSchema(client, schema)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw withReason(asCartError(error))
  } finally {
    client?.release()
  }
}

/** The first row of a statement in one more connection; `undefined` if there is none, or no connection for it. */
async function runElsewhere(
  opened: OpenPool,
  statement: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    const client = await opened.connectOne()
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows[0]
    } finally {
      await client.end()
    }
  } catch {
    return undefined
  }
}

/** At the start the message is all that is printed, so it includes what the server or the network reported. */
function withReason(error: CartError): CartError {
  const { cause } = error
  if (!(cause instanceof Error)) return error
  // Several refused addresses of one host make an error with a code but without words.
  const reason = cause.message || ('code' in cause ? String(cause.code) : cause.name)
  return new CartError(error.code, `The database of DATABASE_URL cannot be used: ${reason}`, {
    cause,
  })
}
