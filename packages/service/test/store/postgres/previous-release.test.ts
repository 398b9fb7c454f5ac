import { readdir, readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { type TestDatabase, useDatabase } from '../../../../../test/support/postgres.ts'
import { runsFrom } from '../../../src/store/postgres/migration-kind.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { create, line, newCustomer, options, strong, T0 } from '../../contract/fixtures.ts'
import { unpackKeptRelease } from './kept-release.ts'

/** What an expanding step may do, so that this file has something to show before the first step after the kept release. */
const NEXT = `-- expand
alter table carts add column gift_note text;
create index carts_with_notes on carts (customer_id) where gift_note is not null;
create table cart_gifts (cart_id uuid primary key references carts on delete cascade, wrapped boolean not null);
create or replace function database_now() returns bigint language sql stable as $$
  select floor(extract(epoch from now()) * 1000)::bigint
$$;
`

const MIGRATIONS = new URL('../../../src/store/postgres/migrations/', import.meta.url)

const previous = await unpackKeptRelease()
afterAll(() => previous[Symbol.asyncDispose]())

async function migrateFurther({ url, query }: TestDatabase, layout: 'rows' | 'document') {
  await (await openPostgresStore({ databaseUrl: url, layout, migrate: true })).close()
  await query(NEXT)
  const step = { version: 9998, file: '9998_next.sql' }
  await query('alter table pushcart_migrations add column if not exists runs_from integer')
  await query('insert into pushcart_migrations values ($1, $2, $3)', [
    step.version,
    step.file,
    runsFrom(step, NEXT),
  ])
}

const running = await useDatabase()
previous.describeCartStore(
  'the previous release, running while the schema becomes the newest',
  async () => {
    const store = await previous.openPostgresStore({ databaseUrl: running.url, migrate: true })
    // Its sessions have prepared their statements.
    const cartIds = await Promise.all(Array.from({ length: 10 }, () => create(store)))
    await Promise.all(cartIds.map((cartId) => store.setLine(cartId, line(1), options())))
    await Promise.all(cartIds.map((cartId) => store.getCart(cartId, strong())))
    await store.listCarts(newCustomer(), { now: T0, limit: 2 })
    await migrateFurther(running, 'rows')
    return store
  },
)

const rolledBack = await useDatabase()
previous.describeCartStore('the previous release, started on the newest schema', async () => {
  await migrateFurther(rolledBack, 'document')
  return previous.openPostgresStore({
    databaseUrl: rolledBack.url,
    layout: 'document',
    migrate: true,
  })
})

describe('the steps of the schema', () => {
  it('say of which kind they are, and exclude no release from the previous one on', async () => {
    const files = (await readdir(MIGRATIONS)).sort()
    const later = files.filter((file) => Number(file.slice(0, 4)) > previous.step)
    for (const file of later) {
      const sql = await readFile(new URL(file, MIGRATIONS), 'utf8')
      expect(runsFrom({ version: Number(file.slice(0, 4)), file }, sql)).toBeLessThanOrEqual(
        previous.step,
      )
    }
  })

  it.each([
    ['-- expand\nselect 1', 0],
    ['-- contract: releases from step 11 on\nselect 1', 11],
  ])('%j', (sql, from) => {
    expect(runsFrom({ version: 12, file: '0012_next.sql' }, sql)).toBe(from)
  })

  it.each([
    ['select 1', /^0012_next\.sql: the first line must be/],
    ['-- contract: releases from step 12 on\nselect 1', /no release before step 12 would run/],
  ])('%j is refused', (sql, message) => {
    expect(() => runsFrom({ version: 12, file: '0012_next.sql' }, sql)).toThrow(message)
  })
})
