import { readdir, readFile } from 'node:fs/promises'
import { CartError } from '../../cart/errors.ts'
import type { Currency } from '../../cart/money.ts'
import type { LayoutName } from '../../config/config.ts'
import { ensureLayout } from './database-layout.ts'
import { runsFrom } from './migration-kind.ts'
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
 * Makes sure that the database has the schema of this release, or a newer one on which this release runs: a release must start
 * after the next one has migrated, so that it can be rolled back to and can scale (`migration-kind.ts`).
 *
 * Any number of instances may call it at once: each step runs in a transaction that holds an advisory
 * lock and looks again at what is applied, so every step happens once and whole, or not at all.
 *
 * @param migrate        apply what is missing; otherwise a missing step is an error
 * @param legacyCurrency of the carts of releases that did not record it; the step that adds the column fixes it for good
 * @throws CartError STORE_MISCONFIGURED when the schema is missing, older (without `migrate`) or too new; ConfigError when the
 *         database has carts in another layout
 */
export async function ensureSchema(
  client: Client,
  { migrate, layout, legacyCurrency }: SchemaOptions,
): Promise<void> {
  const migrations = await listMigrations()
  const newest = newestOf(migrations)
  const applied = await appliedSchema(client)
  if (migrate && applied.version < newest) await applyMissing(client, migrations, legacyCurrency)
  else requireVersion(applied, newest)
  // The steps of a layout are for the schema of this release.
  await ensureLayout(client, layout, migrate && applied.version <= newest)
}

/** @throws CartError STORE_MISCONFIGURED unless the database has exactly the schema of this release */
export async function requireSchema(client: Client): Promise<void> {
  const { version } = await appliedSchema(client)
  requireVersion({ version, runsFrom: version }, newestOf(await listMigrations()))
}

/** A schema, by the steps that made it. */
interface Schema {
  /** The newest step; 0 without any. */
  readonly version: number
  /** The newest step that a release must know at least to run on it. */
  readonly runsFrom: number
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
      if ((await appliedSchema(client)).version >= migration.version) return
      await client.query(
        'alter table pushcart_migrations add column if not exists runs_from integer',
      )
      await client.query(
        `select set_config('pushcart.currency', $1, true), set_config('pushcart.minor_digits', $2, true)`,
        [code, String(digits)],
      )
      await runUnhurried(client, sql)
      await client.query('insert into pushcart_migrations values ($1, $2, $3)', [
        migration.version,
        migration.file,
        runsFrom(migration, sql),
      ])
    })
  }
}

/** Steps of releases that recorded no `runs_from` run only with releases that know them. */
async function appliedSchema(client: Client): Promise<Schema> {
  const table = await client.query(`select to_regclass('pushcart_migrations') is not null as there`)
  if (table.rows[0]?.there !== true) return { version: 0, runsFrom: 0 }
  // By way of JSON, because the column may be missing.
  const { rows } = await client.query(
    `select coalesce(max(version), 0) as version,
            coalesce(max(coalesce((to_jsonb(step) ->> 'runs_from')::integer, version)), 0) as "runsFrom"
       from pushcart_migrations as step`,
  )
  return rows[0]
}

function requireVersion({ version, runsFrom }: Schema, newest: number): void {
  if (version === newest || (version > newest && runsFrom <= newest)) return
  const problem =
    version > newest
      ? `The database has schema version ${version}, which requires a release that knows version ${runsFrom}, but this release only knows version ${newest}: run a newer release.`
      : version === 0
        ? 'The database has no pushcart schema yet: start once with --migrate.'
        : `The database has schema version ${version}, but this release needs version ${newest}: start once with --migrate.`
  throw new CartError('STORE_MISCONFIGURED', problem)
}

function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

async function listMigrations(): Promise<Migration[]> {
  const files = (await readdir(FOLDER)).sort()
  return files.flatMap((file) => {
    const version = FILE_NAME.exec(file)?.[1]
    return version === undefined ? [] : [{ version: Number(version), file }]
  })
}
