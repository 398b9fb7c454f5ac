import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { create, keyed, line, newCustomer, options, strong, T0 } from '../../contract/fixtures.ts'

const CARTS = 2_000
/** The operations below touch 16 carts, each in a few statements. */
const MAX_ROWS = CARTS / 4

const TABLES = {
  rows: ['carts', 'cart_lines', 'cart_keys', 'cart_merges'],
  document: ['carts', 'cart_keys', 'cart_merges'],
}

/** Every operation, on carts of its own. */
async function useAll(store: CartStore): Promise<void> {
  const customer = newCustomer()
  const terms = options()
  const [a, b, c, d, e, f] = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(() => create(store, customer)),
  )
  if (!(a && b && c && d && e && f)) throw new Error('carts were not created')
  const each = (change: (cartId: string, i: number) => Promise<unknown>) =>
    Promise.all([a, b, c, d, e, f].map(change))
  await each((cartId) => store.addLines(cartId, [line(1)], terms))
  await each((cartId) => store.addLines(cartId, [line(1), line(2)], terms))
  await each((cartId, i) => store.addLines(cartId, [line(3)], keyed(`${customer} ${i}`)))
  await each((cartId, i) => store.addLines(cartId, [line(3)], keyed(`${customer} ${i}`)))
  await each((cartId) => store.getCart(cartId, strong()))
  await store.getOwner(a, T0)
  await store.setLine(a, line(2, 5), keyed(`${customer} set`))
  await store.removeLine(a, 2, terms)
  await store.setAttributes(a, { productId: 3 }, { size: 'L' }, terms)
  await store.reprice(a, () => undefined, terms)
  await store.emptyCart(b, terms)
  await store.mergeCart(a, { fromCartId: c, strategy: 'sum' }, keyed(`${customer} merge`))
  await store.checkout(d, keyed(`${customer} checkout`))
  await store.deleteCart(e, terms)
  const { currency, expiresAt } = terms
  await store.activeCart({ customerId: customer, currency, now: T0, expiresAt })
  const page = { now: T0, limit: 20 }
  await store.listCarts(customer, page)
  await store.listCarts(customer, { ...page, status: 'active' })
  await store.getOrder(d)
  await store.listOrders(customer, page)
  await store.sweepExpired(T0, 100)
}

/**
 * A connection keeps its plans, and a new database has no statistics before autovacuum collects them: a plan that was made for
 * empty tables must be good for large ones.
 */
describe.each([
  ['rows', 'new'],
  ['rows', 'analyzed'],
  ['document', 'new'],
  ['document', 'analyzed'],
] as const)(
  'a connection of the layout %s whose plans are for empty tables (%s)',
  (layout, state) => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await createTestDatabase()
    })
    afterAll(() => database.drop())

    const open = () =>
      openPostgresStore({ databaseUrl: database.url, layout, migrate: true, poolSize: 1 })

    const backends = async () =>
      (
        await database.query(
          `select pid from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
        )
      ).map(({ pid }) => pid)

    /** The rows that statements have read, without those of the backends `open`: a backend reports its counts when it ends. */
    async function rowsRead(open: readonly unknown[] = []): Promise<Record<string, number>> {
      while ((await backends()).some((pid) => !open.includes(pid)));
      const rows = await database.query(
        `select relname, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read
         from pg_stat_user_tables where relname = any ($1)`,
        [TABLES[layout]],
      )
      return Object.fromEntries(rows.map(({ relname, read }) => [relname, Number(read)]))
    }

    /** Copies every cart with its lines and keys until there are `CARTS` more. */
    const grow = () =>
      database.query(
        `with copies as materialized (
         select cart.cart_id as source, gen_random_uuid() as id
           from carts as cart, generate_series(1, $1 / (select count(*) from carts) + 1)
       ), copied as (
         insert into carts
           select (jsonb_populate_record(cart, jsonb_build_object('cart_id', copies.id))).*
             from copies join carts as cart on cart.cart_id = copies.source
       )${TABLES[layout]
         .slice(1)
         .map(
           (table) => `, copied_${table} as (
         insert into ${table}
           select (jsonb_populate_record(part, jsonb_build_object('cart_id', copies.id))).*
             from copies join ${table} as part on part.cart_id = copies.source
       )`,
         )
         .join('')}
       select`,
        [CARTS],
      )

    it('reads few rows when they have grown', async () => {
      await (await open()).close()
      for (const table of TABLES[layout])
        await database.query(`alter table ${table} set (autovacuum_enabled = false)`)
      if (state === 'analyzed') await database.query('vacuum analyze')
      const store = await open()
      await useAll(store)
      const itsBackends = await backends()
      await grow()
      const before = await rowsRead(itsBackends)
      await useAll(store)
      await store.close()
      const after = await rowsRead()
      for (const [table, read] of Object.entries(after))
        expect(read - (before[table] ?? 0), table).toBeLessThan(MAX_ROWS)
      expect(after.carts).toBeGreaterThan(before.carts ?? 0)
    })
  },
)
