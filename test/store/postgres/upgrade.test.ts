import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { codeOf, keyed, line, options, strong, T0, TTL_SECONDS } from '../../contract/fixtures.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'

const END = options().expiresAt

describe('a database of the previous release (schema 2)', () => {
  let database: TestDatabase
  let store: CartStore
  const [active, order, empty] = [newCartId(T0), newCartId(T0 + 1), newCartId(T0 + 2)]
  beforeAll(async () => {
    database = await createTestDatabase()
    await makeSchema2(database)
    for (const [i, cartId] of [active, order, empty].entries()) await insert(cartId, T0 + i)
    await addOldWay(active)
    await addOldWay(order)
    await database.query(`select checkout($1, $2)`, [order, T0 + 10])
    store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  /** The statements of that release, whose instances still run while a new release is rolled out. */
  const insert = (cartId: string, now: number) =>
    database.query(
      `insert into carts (cart_id, customer_id, created_at, updated_at, expires_at)
       values ($1, '7', $2, $2, $3)`,
      [cartId, now, END],
    )
  const addOldWay = (cartId: string, now = T0) =>
    database.query(
      `select outcome, new_version::int from add_lines($1, '{1,b}', '{One,B}', '{500,250}', '{2,3}', $2, $3, 9, 9, 99)`,
      [cartId, now, END],
    )

  it('keeps its carts and orders, which can be changed, listed and found as before', async () => {
    const cart = await store.getCart(active, strong())
    expect(cart).toMatchObject({ customerId: 7, version: 2, status: 'active', expiresAt: END })
    expect(cart.lines.map((each) => [each.productId, each.quantity])).toEqual([
      [1, 2],
      ['b', 3],
    ])
    expect(await store.getOrder(order)).toMatchObject({ version: 3, orderedAt: T0 + 10 })
    const { items } = await store.listCarts(7, { limit: 9, now: T0 })
    expect(items.map((each) => each.cartId)).toEqual([empty, order, active])
    const hours = `select distinct expires_hour from carts where ordered_at is null`
    expect(await database.query(hours)).toEqual([{ expires_hour: Math.floor(END / 3_600_000) }])
    expect(await store.addLines(active, [line(1)], keyed('k'))).toEqual({
      version: 3,
      replayed: false,
    })
    expect((await store.addLines(active, [line(1)], keyed('k'))).replayed).toBe(true)
  })

  it('still serves instances of that release', async () => {
    const cartId = newCartId(T0)
    await insert(cartId, T0)
    expect(await addOldWay(cartId)).toEqual([{ outcome: 'CHANGED', new_version: 2 }])
    expect(await addOldWay(cartId, END)).toEqual([{ outcome: 'CART_NOT_FOUND', new_version: null }])
    expect(await store.addLines(cartId, [line(1)], options())).toMatchObject({ version: 3 })
    const checkout = `select outcome, new_version::int from checkout($1, $2)`
    expect(await database.query(checkout, [cartId, T0 + 1])).toEqual([
      { outcome: 'CHANGED', new_version: 4 },
    ])
    expect((await store.getOrder(cartId)).lines.map((each) => each.quantity)).toEqual([3, 3])
    const deleted = newCartId(T0)
    await insert(deleted, T0)
    await store.deleteCart(deleted, options())
    expect(await addOldWay(deleted)).toMatchObject([{ outcome: 'CART_NOT_FOUND' }])
  })

  it('is swept of expired carts, including those without the new columns', async () => {
    const made = newCartId(T0)
    await insert(made, T0)
    const late = options(T0 + TTL_SECONDS * 500)
    await store.addLines(active, [line(1)], late)
    expect(await store.sweepExpired(END - 1, 100)).toBe(0)
    // The deleted cart from above, the cart just created, and the empty cart.
    expect(await store.sweepExpired(END, 100)).toBe(3)
    expect(await codeOf(store.getCart(made, strong()))).toBe('CART_NOT_FOUND')
    expect(await codeOf(store.getCart(empty, strong()))).toBe('CART_NOT_FOUND')
    expect(await store.sweepExpired(late.expiresAt, 100)).toBe(1)
    expect((await store.listOrders(7, { limit: 9 })).items).toHaveLength(2)
  })
})

async function makeSchema2(database: TestDatabase): Promise<void> {
  await database.query(
    'create table pushcart_migrations (version integer primary key, file text not null)',
  )
  for (const [i, file] of ['0001_carts.sql', '0002_changes.sql'].entries()) {
    const folder = new URL('../../../src/store/postgres/migrations/', import.meta.url)
    await database.query(await readFile(new URL(file, folder), 'utf8'))
    await database.query('insert into pushcart_migrations values ($1, $2)', [i + 1, file])
  }
}
