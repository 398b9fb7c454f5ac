import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { create, line, options } from '../../contract/fixtures.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'

describe('updates of carts and lines', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('touch no index when a product is added again', async () => {
    const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
    const cartId = await create(store)
    await store.addLines(cartId, [line(1)], options())
    await store.close()

    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    // PostgreSQL counts a transaction's heap-only updates until it ends.
    await client.query('begin')
    for (let i = 0; i < 5; i++)
      await client.query(
        `select add_lines($1, '{1}', '{Product}', '{5}', '{1}', 1, 2000000000000, 100, 100, 100)`,
        [cartId],
      )
    const { rows } = await client.query(
      `select relname, pg_stat_get_xact_tuples_hot_updated(oid)::int as hot,
              pg_stat_get_xact_tuples_updated(oid)::int as updated
       from pg_class where relname in ('carts', 'cart_lines') order by relname`,
    )
    await client.end()
    expect(rows).toEqual([
      { relname: 'cart_lines', hot: 5, updated: 5 },
      { relname: 'carts', hot: 5, updated: 5 },
    ])
  })
})
