import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { filled } from '../../contract/changes.ts'
import { codeOf, create, line, options, strong, T0, USD } from '../../contract/fixtures.ts'

const database = await useDatabase()
const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
afterAll(store.close)
const cartId = await create(store)
await store.addLines(cartId, [line(1)], options())

describe('when PostgreSQL fails', () => {
  /** Opens a second store and closes it after `use`. */
  async function withStore<T>(
    settings: { poolSize?: number; statementTimeoutMs?: number },
    use: (store: CartStore) => Promise<T>,
  ): Promise<T> {
    const other = await openPostgresStore({ databaseUrl: database.url, ...settings })
    try {
      return await use(other)
    } finally {
      await other.close()
    }
  }

  /** Runs `use` while another session holds a lock on the cart's row. */
  async function whileLocked<T>(use: (holder: pg.Client) => Promise<T>): Promise<T> {
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query('select from carts where cart_id = $1 for update', [cartId])
      return await use(holder)
    } finally {
      await holder.end()
    }
  }

  const killSessions = () =>
    database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )

  it('reads and changes continue after all connections were lost', async () => {
    await Promise.all(Array.from({ length: 10 }, () => store.getCart(cartId, strong())))
    await killSessions()
    const { version } = await store.getCart(cartId, strong())
    await killSessions()
    // A lost connection is noticed after a moment; until then a change may fail, but never be doubled.
    const code = await codeOf(store.addLines(cartId, [line(1)], options()))
    expect(['nothing failed', 'STORE_UNAVAILABLE']).toContain(code)
    await store.ping()
    const after = await store.addLines(cartId, [line(1)], options())
    expect(after.version).toBe(version + (code === 'nothing failed' ? 2 : 1))
  })

  it('a change that waits too long for a lock is STORE_BUSY and was not made', async () => {
    const before = await store.getCart(cartId, strong())
    await withStore({ statementTimeoutMs: 400 }, (impatient) =>
      whileLocked(async () => {
        const add = impatient.addLines(cartId, [line(1)], options())
        expect(await codeOf(add)).toBe('STORE_BUSY')
        expect(await codeOf(impatient.checkout(cartId, options()))).toBe('STORE_BUSY')
      }),
    )
    expect(await store.getCart(cartId, strong())).toEqual(before)
  })

  it('a change that gets its lock late succeeds', async () => {
    const { version } = await store.getCart(cartId, strong())
    const adding = await whileLocked(async () => {
      const add = store.addLines(cartId, [line(1)], options())
      await untilSomebodyWaits()
      return { add }
    })
    expect(await adding.add).toEqual({ version: version + 1, replayed: false })
  })

  const waiting = () =>
    database.query(`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)

  async function untilSomebodyWaits(): Promise<void> {
    while ((await waiting()).length === 0);
  }

  it('a locked cart holds two connections at most, and delays no other cart', async () => {
    const other = await create(store)
    const guest = await filled(store)
    await withStore({ poolSize: 3 }, (small) =>
      whileLocked(async (holder) => {
        const hot = Array.from({ length: 12 }, (_, i) =>
          [
            () => small.addLines(cartId, [line(1)], options()),
            () => small.setLine(cartId, line(1), options()),
            () => small.addLines(cartId, [line(1)], options(T0, {}, { ifVersion: [1] })),
            () => small.mergeCart(cartId, { fromCartId: guest, strategy: 'sum' }, options()),
          ][i % 4]?.(),
        )
        const ended = Promise.allSettled(hot)
        await untilSomebodyWaits()
        // More than there are connections: each would wait for the lock if the callers of the locked cart held them all.
        for (let i = 0; i < 5; i++) {
          await small.addLines(other, [line(i)], options())
          await small.setLine(other, line(i, 2), options())
          await small.getCart(cartId, strong())
          expect((await waiting()).length).toBeLessThanOrEqual(2)
        }
        await holder.query('rollback')
        for (const outcome of await ended)
          expect(['PRECONDITION_FAILED', 'SOURCE_NOT_FOUND', undefined]).toContain(
            outcome.status === 'rejected' ? outcome.reason.code : undefined,
          )
      }),
    )
  })

  it('a call that gets no free connection in time is STORE_BUSY', async () => {
    await withStore({ poolSize: 1, statementTimeoutMs: 400 }, (small) =>
      whileLocked(async (holder) => {
        const carts = await Promise.all(Array.from({ length: 10 }, () => create(store)))
        // Each call holds the only connection as long as it may wait for the lock.
        await holder.query('lock table carts')
        const calls = carts.map((id) => small.emptyCart(id, options()))
        const results = await Promise.allSettled(calls)
        const errors = results.map((result) => result.status === 'rejected' && result.reason)
        expect(new Set(errors.map((error) => error.code))).toEqual(new Set(['STORE_BUSY']))
        const causes = errors.map((error) => error.cause.message)
        expect(causes).toContain('timeout exceeded when trying to connect')
      }),
    )
  })

  it('a missing table is STORE_MISCONFIGURED for every call, and never "not found"', async () => {
    await database.query('alter table carts rename to carts_elsewhere')
    const calls = [
      store.ping(),
      store.createCart({ cartId, customerId: 7, currency: USD, now: 0, expiresAt: 1000 }),
      store.getCart(cartId, strong()),
      store.addLines(cartId, [line(1)], options()),
      store.getOwner(cartId, 0),
      store.setLine(cartId, line(1), options()),
      store.removeLine(cartId, 1, options()),
      store.emptyCart(cartId, options()),
      store.deleteCart(cartId, options()),
      store.mergeCart(cartId, { fromCartId: newCartId(0), strategy: 'sum' }, options()),
      store.checkout(cartId, options()),
      store.sweepExpired(0, 1),
      store.listCarts(7, { limit: 1, now: 0 }),
      store.getOrder(cartId),
      store.listOrders(7, { limit: 1 }),
    ]
    const codes = await Promise.all(calls.map(codeOf))
    await database.query('alter table carts_elsewhere rename to carts')
    expect(new Set(codes)).toEqual(new Set(['STORE_MISCONFIGURED']))
    expect(await codeOf(store.ping())).toBe('nothing failed')
  })

  it('closing waits for calls in flight and refuses later ones', async () => {
    const other = await openPostgresStore({ databaseUrl: database.url, poolSize: 2 })
    const before = (await store.getCart(cartId, strong())).version
    const adds = Array.from({ length: 20 }, () => other.addLines(cartId, [line(1)], options()))
    await Promise.all([other.close(), other.close()])
    const versions = (await Promise.all(adds)).map((each) => each.version)
    expect(Math.max(...versions)).toBe(before + 20)
    expect(await codeOf(other.ping())).toBe('STORE_UNAVAILABLE')
  })
})
