import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import { type Currency, currencyOf } from '../../../src/cart/money.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { codeOf, line, options, strong, T0 } from '../../contract/fixtures.ts'

const COP = { code: 'COP', digits: 0 }
const EUR = currencyOf('EUR')
const END = options().expiresAt
const terms = (currency: Currency) => options(T0, {}, { currency })

describe('a database of the release before carts had a currency (schema 5)', () => {
  let database: TestDatabase
  let store: CartStore
  const [active, order] = [newCartId(T0), newCartId(T0 + 1)]
  beforeAll(async () => {
    database = await createTestDatabase()
    await makeSchema(database, 5)
    for (const cartId of [active, order]) {
      await createOldWay(cartId)
      await changeOldWay('add', cartId)
    }
    await changeOldWay('checkout', order)
    const first = await open(COP)
    await first.close()
    // The shop has another currency by now.
    store = await open(EUR)
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })
  const open = (legacyCurrency: Currency) =>
    openPostgresStore({ databaseUrl: database.url, migrate: true, legacyCurrency })

  /** The statements of that release, whose instances still run while a new release is rolled out. */
  const createOldWay = (cartId: string) =>
    database.query(`select outcome from create_cart($1, '7', $2, $3)`, [cartId, T0, END])
  const changeOldWay = (change: string, cartId: string) =>
    database.query(
      `select outcome, new_version::int from change_cart($1, $2, $3, $4, '{1}', '{One}', '{500}', '{2}',
         9, 9, 99, null, null, null, 86400000, 32, 16, null, null, 100)`,
      [change, cartId, T0, END],
    )

  it('gives its carts and orders the currency of the first start, for good', async () => {
    expect((await store.getOrder(order)).currency).toEqual(COP)
    expect((await store.getCart(active, strong())).currency).toEqual(COP)
    expect(await codeOf(store.addLines(active, [line(2)], terms(EUR)))).toBe('CURRENCY_MISMATCH')
    expect((await store.addLines(active, [line(2)], terms(COP))).version).toBe(3)
  })

  it('still serves instances of that release, whose carts have that currency too', async () => {
    const cartId = newCartId(T0)
    expect(await createOldWay(cartId)).toEqual([{ outcome: 'CHANGED' }])
    expect(await changeOldWay('add', cartId)).toEqual([{ outcome: 'CHANGED', new_version: 2 }])
    expect((await store.getCart(cartId, strong())).currency).toEqual(COP)
    const own = newCartId(T0)
    await store.createCart({ ...terms(EUR), cartId: own, customerId: 7 })
    expect((await store.getCart(own, strong())).currency).toEqual(EUR)
  })
})

/** Applies the steps up to `version` as that release did. */
async function makeSchema(database: TestDatabase, version: number): Promise<void> {
  const folder = new URL('../../../src/store/postgres/migrations/', import.meta.url)
  const files = (await readdir(folder)).sort().slice(0, version)
  await database.query(
    'create table pushcart_migrations (version integer primary key, file text not null)',
  )
  for (const [i, file] of files.entries()) {
    await database.query(await readFile(new URL(file, folder), 'utf8'))
    await database.query('insert into pushcart_migrations values ($1, $2)', [i + 1, file])
  }
}
