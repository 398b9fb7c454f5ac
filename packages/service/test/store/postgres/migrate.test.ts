import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'

/** The newest step of this release. */
const NEWEST = 11

describe('migrations', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createTestDatabase()
  })
  afterEach(() => database.drop())

  const open = (migrate: boolean) => openPostgresStore({ databaseUrl: database.url, migrate })
  const applied = () =>
    database.query('select version, file from pushcart_migrations order by version')

  it('are applied once when five instances start concurrently on an empty database', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => open(true)))
    await Promise.all(stores.map((store) => store.ping()))
    await Promise.all(stores.map((store) => store.close()))
    expect(await applied()).toEqual([
      { version: 1, file: '0001_carts.sql' },
      { version: 2, file: '0002_changes.sql' },
      { version: 3, file: '0003_keys_and_merges.sql' },
      { version: 4, file: '0004_change_cart.sql' },
      { version: 5, file: '0005_add_batch.sql' },
      { version: 6, file: '0006_currency_and_clock.sql' },
      { version: 7, file: '0007_line_attributes.sql' },
      { version: 8, file: '0008_document_layout.sql' },
      { version: 9, file: '0009_moving.sql' },
      { version: 10, file: '0010_customer_carts.sql' },
      { version: 11, file: '0011_bounded_plans.sql' },
    ])
  })

  it('are applied in a schema whose name needs quotes', async () => {
    await database.query('create schema "Shop-1"')
    const url = new URL(database.url)
    url.searchParams.set('options', '-c search_path="Shop-1"')
    const store = await openPostgresStore({ databaseUrl: url.href, migrate: true })
    await store.ping()
    await store.close()
    const found = await database.query(
      `select count(*)::int from pg_tables where schemaname = 'Shop-1'`,
    )
    expect(found[0]?.count).toBeGreaterThan(1)
  })

  it('do not change an up-to-date database', async () => {
    await (await open(true)).close()
    const before = await applied()
    await (await open(true)).close()
    await (await open(false)).close()
    expect(await applied()).toEqual(before)
  })

  it('are required when the schema is missing or incomplete', async () => {
    await expect(open(false)).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: 'The database has no pushcart schema yet: start once with --migrate.',
    })
    await (await open(true)).close()
    await database.query(`delete from pushcart_migrations where version = ${NEWEST}`)
    await expect(open(false)).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining(
        `schema version ${NEWEST - 1}, but this release needs version ${NEWEST}`,
      ),
    })
  })

  describe.each([true, false])('of a newer schema (migrate: %s)', (migrate) => {
    const apply = (version: number, runsFrom: number | null) =>
      database.query(`insert into pushcart_migrations values ($1, 'later.sql', $2)`, [
        version,
        runsFrom,
      ])

    it('do not matter if this release runs on it', async () => {
      await (await open(true)).close()
      await apply(998, 0)
      await apply(999, NEWEST)
      const before = await applied()
      const store = await open(migrate)
      await store.ping()
      await store.close()
      expect(await applied()).toEqual(before)
    })

    it.each([NEWEST + 1, null])('are refused if it requires step %s', async (runsFrom) => {
      await (await open(true)).close()
      await apply(998, runsFrom)
      await apply(999, 0)
      await expect(open(migrate)).rejects.toMatchObject({
        code: 'STORE_MISCONFIGURED',
        message: `The database has schema version 999, which requires a release that knows version ${runsFrom ?? 998}, but this release only knows version ${NEWEST}: run a newer release.`,
      })
    })
  })

  it('are read from a database that was migrated before steps had kinds', async () => {
    await (await open(true)).close()
    await database.query('alter table pushcart_migrations drop column runs_from')
    await (await open(false)).close()
    await database.query(`insert into pushcart_migrations values (${NEWEST + 1}, 'later.sql')`)
    await expect(open(false)).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
  })

  it('are rolled back when a step fails', async () => {
    // Step 1 fails because a foreign table has the name of one of ours.
    await database.query('create table cart_lines (other integer)')
    await expect(open(true)).rejects.toMatchObject({ name: 'CartError' })
    const tables = await database.query(
      `select relname from pg_class where relname in ('carts', 'pushcart_migrations')`,
    )
    expect(tables).toEqual([])
  })
})
