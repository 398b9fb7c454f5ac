import { readdir, readFile } from 'node:fs/promises'
import { CartError } from '../../cart/errors.ts'
import type { Currency } from '../../cart/money.ts'
import type { LayoutName } from '../../config/config.ts'
import { ensureLayout } from './database-layout.ts'
import { type Client, changeSchema, runUnhurried } from './schema-change.ts'

const FOLDER = new URL('./migrations/', import.meta.url)
const FILE_NAME = /^(\d{4})_\w+\.sql$/

/** One step of the schema, from `migrations/NNNN_name.sql`. */
interface Migration {
  readonly version: number
  readonly file: string
}

export interface SchemaOptions {
  /** Whether to create or migrate the schema. */
  readonly migrate: boolean
  readonly layout: LayoutName
  /** The currency of carts from releases that did not record it. */
  readonly legacyCurrency: Currency
}

/**
 * Makes sure that the database has exactly the schema this release knows.
 *
 * Any number of instances may call it at once: each step runs in a transaction that holds an advisory
 * lock and looks again at what is applied, so every step happens once and whole, or not at all.
 *
 * @param migrate        apply what is missing; otherwise a missing step is an error
 * @param legacyCurrency of the carts of releases that did not record it; the step that adds the column fixes it for good
 * @throws CartError STORE_MISCONFIGURED when the schema is missing, older (without `migrate`) or newer; ConfigError when the
 *         database has carts in another layout
 */
export async function ensureSchema(
  client: Client,
  { migrate, layout, legacyCurrency }: SchemaOptions,
): Promise<void> {
  const migrations = await listMigrations()
  const newest = migrations.at(-1)?.version ?? 0
  const applied = await appliedVersion(client)
  if (migrate && applied < newest) await applyMissing(client, migrations, legacyCurrency)
  else requireVersion(applied, newest)
  await ensureLayout(client, layout, migrate)
}

/** @throws CartError STORE_MISCONFIGURED unless the database has the schema of this release */
export async function requireSchema(client: Client): Promise<void> {
  requireVersion(await appliedVersion(client), (await listMigrations()).at(-1)?.version ?? 0)
}

async function applyMissing(
  client: Client,
  migrations: readonly Migration[],
  { code, digits }: Currency,
): Promise<void> {
  for (const migration of migrations) {
    const sql = await readFile(new URL(migration.file, FOLDER), 'utf8')
    await changeSchema(client, async () => {
      await client.query(
        'create table if not exists pushcart_migrations (version integer primary key, file text not null)',
      )
      if ((await appliedVersion(client)) >= migration.version) return
      await client.query(
        `select set_config('pushcart.currency', $1, true), set_config('pushcart.minor_digits', $2, true)`,
        [code, String(digits)],
      )
      await runUnhurried(client, sql)
      await client.query('insert into pushcart_migrations values ($1, $2)', [
        migration.version,
        migration.file,
      ])
    })
  }
}

/** The newest step that the database has; 0 when it has none. */
async function appliedVersion(client: Client): Promise<number> {
  const table = await client.query(`select to_regclass('pushcart_migrations') is not null as there`)
  if (table.rows[0]?.there !== true) return 0
  const { rows } = await client.query('select max(version) as version from pushcart_migrations')
  return rows[0]?.version ?? 0
}

function requireVersion(applied: number, newest: number): void {
  if (applied === newest) return
  const problem =
    applied > newest
      ? `The database has schema version ${applied}, but this release only knows version ${newest}: run the newer release.`
      : applied === 0
        ? 'The database has no pushcart schema yet: start once with --migrate.'
        : `The database has schema version ${applied}, but this release needs version ${newest}: start once with --migrate.`
  throw new CartError('STORE_MISCONFIGURED', problem)
}

async function listMigrations(): Promise<Migration[]> {
  const files = (await readdir(FOLDER)).sort()
  return files.flatMap((file) => {
    const version = FILE_NAME.exec(file)?.[1]
    return version === undefined ? [] : [{ version: Number(version), file }]
  })
}
