import { readFile } from 'node:fs/promises'
import type { LayoutName } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import { type Client, changeSchema, runUnhurried } from './schema-change.ts'

/**
 * The layout of a database is what its schema is: in the document layout, `carts` has the columns of the lines and `cart_lines` is
 * a view. During a move the table is in another schema (`0009_moving.sql`). So a statement of one layout fails in a database of the other, and nothing else need remember which it is.
 */
export async function layoutOfDatabase(client: Client): Promise<LayoutName> {
  const { rows } = await client.query(
    `select exists (select from pg_attribute
                     where attrelid = coalesce(to_regclass('carts'),
                                               to_regclass(quote_ident(current_schema() || '_moving') || '.carts'))
                       and attname = 'line_keys' and not attisdropped) as documents`,
  )
  return rows[0]?.documents === true ? 'document' : 'rows'
}

/**
 * Makes sure that the database has this layout. A database without carts is converted.
 *
 * @param mayChange whether to convert
 * @throws ConfigError when the database has carts in the other layout
 */
export async function ensureLayout(
  client: Client,
  layout: LayoutName,
  mayChange: boolean,
): Promise<void> {
  if ((await layoutOfDatabase(client)) === layout) return
  if (!mayChange || (await hasCarts(client))) throw otherLayout(layout, await hasCarts(client))
  await changeSchema(client, async () => {
    // From here to the end of the transaction nobody can create a cart.
    await client.query('lock table carts in access exclusive mode')
    if ((await layoutOfDatabase(client)) === layout) return
    if (await hasCarts(client)) throw otherLayout(layout, true)
    await setLayout(client, layout)
  })
}

/** Converts the schema and all carts from the other layout. Part of a transaction that has locked the tables. */
export async function setLayout(client: Client, layout: LayoutName): Promise<void> {
  const file = new URL(`./layouts/to-${layout}.sql`, import.meta.url)
  await runUnhurried(client, await readFile(file, 'utf8'))
}

async function hasCarts(client: Client): Promise<boolean> {
  const { rows } = await client.query('select exists (select from carts) as found')
  return rows[0]?.found === true
}

function otherLayout(wanted: LayoutName, hasCarts: boolean): ConfigError {
  const other = wanted === 'rows' ? 'document' : 'rows'
  const remedy = hasCarts
    ? `set POSTGRES_LAYOUT=${other}, or convert them with pushcart convert --to ${wanted}`
    : 'start once with --migrate'
  const what = hasCarts ? `has carts in the layout "${other}"` : `has the layout "${other}"`
  return new ConfigError(`POSTGRES_LAYOUT=${wanted}, but the database ${what}: ${remedy}`)
}
