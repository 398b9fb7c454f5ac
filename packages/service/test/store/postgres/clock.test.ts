import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { SWEEP_MARGIN_MS } from '../../../src/store/postgres/statements.ts'
import { codeOf, create, keyed, line, options } from '../../contract/fixtures.ts'

const AHEAD = 8 * 86_400_000

/**
 * The last line of defence: callers that pass a wrong time, past the clock that corrects it (`contract/clocks.ts`). The time of
 * the database is that of this machine.
 */
describe('a caller that passes a time eight days ahead of the database’s', () => {
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
  const now = Date.now()
  const late = options(now + AHEAD)
  const exists = async (cartId: string) =>
    (await database.query('select from carts where cart_id = $1', [cartId])).length === 1

  it('sweeps no cart that the database does not call expired, with a margin', async () => {
    const carts = await Promise.all(Array.from({ length: 3 }, () => create(store, 7, now)))
    const [live, recent, old] = carts as [string, string, string]
    const expireAgo = (cartId: string, ms: number) =>
      database.query(
        `update carts set expires_at = database_now() - $2::bigint,
           expires_hour = (database_now() - $2::bigint) / 3600000 where cart_id = $1`,
        [cartId, ms],
      )
    await expireAgo(recent, SWEEP_MARGIN_MS / 2)
    await expireAgo(old, SWEEP_MARGIN_MS)
    expect(await store.sweepExpired(late.now, 100)).toBe(1)
    expect(await Promise.all([live, recent, old].map(exists))).toEqual([true, true, false])
  })

  it.each<[string, (cartId: string) => Promise<unknown>]>([
    ['add', (id) => store.addLines(id, [line(2)], late)],
    [
      'add, with others in one batch',
      (id) => Promise.all([1, 2, 3].map((n) => store.addLines(id, [line(n)], late))),
    ],
    ['set', (id) => store.setLine(id, line(1, 3), late)],
    ['checkout', (id) => store.checkout(id, late)],
    [
      'merge',
      async (id) =>
        store.mergeCart(id, { fromCartId: await create(store, 7, now), strategy: 'sum' }, late),
    ],
  ])('can still %s', async (_, change) => {
    const cartId = await create(store, 7, now)
    await store.addLines(cartId, [line(1)], options(now))
    expect(await codeOf(change(cartId))).toBe('nothing failed')
  })

  it('does not replace a live cart by a creation with its id', async () => {
    const cartId = await create(store, 7, now)
    await store.addLines(cartId, [line(1)], options(now))
    expect(await store.createCart({ ...late, cartId, customerId: 7 })).toMatchObject({
      replayed: true,
    })
    expect(await exists(cartId)).toBe(true)
    expect((await store.getCart(cartId, { now, consistency: 'strong' })).lines).toHaveLength(1)
  })

  it('does not count a key as expired', async () => {
    const cartId = await create(store, 7, now)
    await store.setLine(cartId, line(1), keyed('k', now))
    expect(await store.setLine(cartId, line(1), keyed('k', late.now))).toEqual({
      version: 2,
      replayed: true,
    })
  })
})
