import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { SWEEP_EXPIRED } from '../../../src/store/postgres/statements.ts'
import { filled } from '../../contract/changes.ts'
import { codeOf, create, keyed, line, options, strong, T0 } from '../../contract/fixtures.ts'

const END = options().expiresAt

describe('sweeping expired carts', () => {
  let database: TestDatabase
  let store: CartStore
  let other: pg.Client
  beforeEach(async () => {
    database = await createTestDatabase()
    store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
    other = new pg.Client({ connectionString: database.url })
    await other.connect()
  })
  afterEach(async () => {
    await other.end()
    await store.close()
    await database.drop()
  })
  const left = async () =>
    (await database.query('select cart_id from carts')).map((row) => row.cart_id)

  it('removes carts from the millisecond of their expiry, including deleted and merged carts and all their rows', async () => {
    const [plain, deleted, target, source] = await Promise.all(
      Array.from({ length: 4 }, () => filled(store)),
    )
    await store.addLines(plain ?? '', [line(1)], keyed('k'))
    await store.deleteCart(deleted ?? '', keyed('k'))
    const merge = { fromCartId: source ?? '', strategy: 'sum' } as const
    await store.mergeCart(target ?? '', merge, keyed('k'))
    expect(await store.sweepExpired(END - 1, 100)).toBe(0)
    expect(await store.sweepExpired(END, 100)).toBe(4)
    for (const table of ['carts', 'cart_lines', 'cart_keys', 'cart_merges'])
      expect(await database.query(`select from ${table}`), table).toEqual([])
  })

  it('never removes orders or carts whose expiry was extended', async () => {
    const [order, kept, gone] = [await filled(store), await filled(store), await filled(store)]
    await store.checkout(order, options())
    for (const minutes of [20, 40, 59])
      await store.addLines(kept, [line(1)], options(T0 + minutes * 60_000))
    expect(await store.sweepExpired(END, 100)).toBe(1)
    expect(await codeOf(store.getCart(gone, strong()))).toBe('CART_NOT_FOUND')
    expect((await left()).sort()).toEqual([order, kept].sort())
    expect(await store.sweepExpired(END + 59 * 60_000, 100)).toBe(1)
    expect(await store.sweepExpired(Number.MAX_SAFE_INTEGER, 100)).toBe(0)
    expect(await left()).toEqual([order])
  })

  it('removes at most the limit, longest expired first, each cart once with any number of sweepers', async () => {
    for (let i = 0; i < 10; i++) {
      const now = T0 + i * 3_600_000
      // Ids that do not sort by time.
      const made = { cartId: newCartId(T0 - i), customerId: 7, now }
      await store.createCart({ ...options(now), ...made })
    }
    const now = END + 12 * 3_600_000
    expect(await store.sweepExpired(now, 3)).toBe(3)
    const [oldest] = await database.query('select min(created_at)::float8 as at from carts')
    expect(oldest?.at).toBe(T0 + 3 * 3_600_000)
    const swept = await Promise.all(Array.from({ length: 8 }, () => store.sweepExpired(now, 2)))
    expect(swept.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(7)
    while ((await store.sweepExpired(now, 2)) > 0);
    expect(await left()).toEqual([])
  })

  it('skips a cart that another session has locked', async () => {
    const [locked, free] = [await filled(store), await filled(store)]
    await other.query('begin')
    await other.query('select from carts where cart_id = $1 for no key update', [locked])
    expect(await store.sweepExpired(END, 100)).toBe(1)
    await other.query('rollback')
    expect(await left()).toEqual([locked])
    expect(free).not.toBe(locked)
    expect(await store.sweepExpired(END, 100)).toBe(1)
  })

  it('makes a concurrent change fail with CART_NOT_FOUND', async () => {
    const cartId = await filled(store)
    await other.query('begin')
    await other.query(SWEEP_EXPIRED.text, [END, 100])
    const source = await create(store, 7, END)
    // Their clocks are slow, so they still see the cart.
    const merge = { fromCartId: cartId, strategy: 'sum' } as const
    const late = Promise.all([
      codeOf(store.addLines(cartId, [line(1)], options())),
      codeOf(store.checkout(cartId, keyed('k'))),
      codeOf(store.mergeCart(source, merge, options())),
    ])
    // The store makes the third wait for its turn.
    while ((await database.query(WAITING)).length < 2);
    await other.query('commit')
    expect(await late).toEqual(['CART_NOT_FOUND', 'CART_NOT_FOUND', 'CART_NOT_FOUND'])
    expect(await left()).toEqual([source])
  })

  it('reads only the hours that have begun', async () => {
    await database.query(
      `insert into carts (cart_id, customer_id, created_at, updated_at, expires_at, expires_hour)
       select gen_random_uuid(), 'many', $1, $1, ($1::bigint / 3600000 + n) * 3600000, $1::bigint / 3600000 + n
       from generate_series(1, 5000) as n`,
      [T0],
    )
    await database.query('vacuum analyze carts')
    const { rows } = await other.query(`explain (analyze, format json) ${SWEEP_EXPIRED.text}`, [
      T0 + 3 * 3_600_000,
      100,
    ])
    const plan = JSON.stringify(rows[0]['QUERY PLAN'])
    expect(plan).toContain('expiring_carts')
    expect(plan).not.toContain('Seq Scan')
    expect(await left()).toHaveLength(4997)
  })
})

const WAITING = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`
