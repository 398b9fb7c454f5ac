import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { LIST_CARTS, LIST_ORDERS } from '../../../src/store/postgres/statements.ts'
import { options, T0 } from '../../contract/fixtures.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'

describe('lists', () => {
  let database: TestDatabase
  let store: CartStore
  beforeAll(async () => {
    database = await createTestDatabase()
    store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  it('sort by creation time even if the ids sort otherwise, as ids derived from keys do', async () => {
    const ids: string[] = []
    for (let i = 0; i < 7; i++) {
      // Two carts per moment; later carts have lower ids.
      const [now, cartId] = [T0 + Math.floor(i / 2), newCartId(T0 - i * 1000)]
      ids.unshift(cartId)
      const { expiresAt } = options(now)
      await store.createCart({ cartId, customerId: 'anna', now, expiresAt })
    }
    // Within a moment the higher id comes first, which is the earlier cart.
    const [a, b, c, d, e, f, g] = ids
    const expected = [a, c, b, e, d, g, f]
    const listed = []
    let cursor: string | undefined
    do {
      const page = await store.listCarts('anna', { limit: 2, cursor, now: T0 })
      listed.push(...page.items.map((cart) => cart.cartId))
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
    expect(listed).toEqual(expected)
  })

  it('read a page of a long history from an index without sorting the rest', async () => {
    await database.query(
      `insert into carts (cart_id, customer_id, status, created_at, updated_at, expires_at, ordered_at)
       select gen_random_uuid(), 'many', (case when n % 2 = 0 then 'active' else 'checked_out' end)::cart_status,
              n, n, case when n % 2 = 0 then 9e12 end, case when n % 2 = 1 then n end
       from generate_series(1, 5000) as n`,
    )
    await database.query('vacuum analyze carts')
    const start = [9e12, 'ffffffff-ffff-ffff-ffff-ffffffffffff']
    const carts = await database.query(`explain ${LIST_CARTS.text}`, ['many', ...start, T0, 21])
    const orders = await database.query(`explain ${LIST_ORDERS.text}`, ['many', ...start, 21])
    const plan = (rows: Record<string, unknown>[]) =>
      rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan(carts)).toMatch(/Limit[^\n]*\n[^\n]*Index Scan using carts_of_customer/)
    expect(plan(orders)).toMatch(/Limit[^\n]*\n[^\n]*Index Scan using orders_of_customer/)
  })
})
