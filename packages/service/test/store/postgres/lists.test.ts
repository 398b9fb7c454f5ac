import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/postgres.ts'
import { layoutOf } from '../../../src/store/postgres/layouts.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { T0 } from '../../contract/fixtures.ts'

describe.each(['rows', 'document'] as const)('lists in the layout %s', (layout) => {
  const { listCarts, listOrders } = layoutOf(layout).reads

  it('read a page of a long history from an index without sorting the rest', async () => {
    const database = await createTestDatabase()
    onTestFinished(database.drop)
    await (await openPostgresStore({ databaseUrl: database.url, layout, migrate: true })).close()
    await database.query(
      `insert into carts (cart_id, customer_id, status, created_at, updated_at, expires_at, ordered_at)
       select gen_random_uuid(), 'many', (case when n % 2 = 0 then 'active' else 'checked_out' end)::cart_status,
              n, n, case when n % 2 = 0 then 9e12 end, case when n % 2 = 1 then n end
       from generate_series(1, 5000) as n`,
    )
    await database.query('vacuum analyze carts')
    const start = [9e12, 'ffffffff-ffff-ffff-ffff-ffffffffffff']
    const carts = await database.query(`explain ${listCarts.text}`, ['many', ...start, T0, 21])
    const orders = await database.query(`explain ${listOrders.text}`, ['many', ...start, 21])
    const plan = (rows: Record<string, unknown>[]) =>
      rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan(carts)).toMatch(/Limit[^\n]*\n[^\n]*Index Scan using carts_of_customer/)
    expect(plan(orders)).toMatch(/Limit[^\n]*\n[^\n]*Index Scan using orders_of_customer/)
  })
})
