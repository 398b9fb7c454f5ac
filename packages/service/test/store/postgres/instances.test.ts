import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { CHANGES, filled } from '../../contract/changes.ts'
import {
  codeOf,
  create,
  keyed,
  line,
  newCustomer,
  options,
  strong,
  T0,
  TTL_SECONDS,
  USD,
} from '../../contract/fixtures.ts'

const database = await useDatabase()
const open = () => openPostgresStore({ databaseUrl: database.url, migrate: true })
const stores = [await open(), await open()] as const
afterAll(() => Promise.all(stores.map((store) => store.close())))

describe('several instances on one database', () => {
  const both = (times: number) => Array.from({ length: times }, () => stores).flat()

  it.each(Object.entries(CHANGES))(
    '%s of one key, 20 copies on two, is made once',
    async (_, call) => {
      const cartId = await filled(stores[0])
      const results = await Promise.all(both(10).map((store) => call(store, cartId, keyed('k'))))
      expect(results).toHaveLength(20)
      expect(results.filter((each) => !(each as { replayed: boolean }).replayed)).toEqual([
        { version: 3, replayed: false },
      ])
      expect(new Set(results.map((each) => (each as { version: number }).version))).toEqual(
        new Set([3]),
      )
    },
  )

  it.each(Object.entries(CHANGES))('%s is still known after a restart', async (_, call) => {
    const cartId = await filled(stores[0])
    const before = await open()
    const first = await call(before, cartId, keyed('k'))
    await before.close()
    const after = await open()
    const again = await call(after, cartId, keyed('k', T0 + 1))
    await after.close()
    expect([first, again]).toEqual([
      { version: 3, replayed: false },
      { version: 3, replayed: true },
    ])
  })

  it('replace an expired cart once, including its lines, keys and merges', async () => {
    const cartId = await filled(stores[0])
    const source = await create(stores[0])
    await stores[0].mergeCart(cartId, { fromCartId: source, strategy: 'sum' }, keyed('m'))
    const now = T0 + 2 * TTL_SECONDS * 1000
    const made = { ...options(now), cartId, customerId: newCustomer() }
    const results = await Promise.all(both(10).map((store) => store.createCart(made)))
    expect(results.filter((each) => !each.replayed)).toHaveLength(1)
    expect(await stores[1].getCart(cartId, strong(now))).toMatchObject({ version: 1, lines: [] })
    for (const table of ['cart_lines', 'cart_keys', 'cart_merges']) {
      const left = await database.query(`select from ${table} where cart_id = $1`, [cartId])
      expect(left, table).toEqual([])
    }
  })

  it('merges in opposite directions lock the carts in the same order, so that they cannot deadlock', async () => {
    const [low, high] = [await filled(stores[0]), await filled(stores[0])].sort() as [
      string,
      string,
    ]
    const [holder, prober] = await Promise.all([connect(), connect()])
    await holder.query('begin')
    await holder.query('select from carts where cart_id = $1 for update', [low])
    const merges = [
      stores[0].mergeCart(high, { fromCartId: low, strategy: 'sum' }, options()),
      stores[1].mergeCart(low, { fromCartId: high, strategy: 'sum' }, options()),
    ].map((merge) => codeOf(merge))
    await untilWaiting(2)
    // Both wait for the lower id, so neither can have locked the higher id.
    const free = prober.query('select from carts where cart_id = $1 for update nowait', [high])
    const probed = await codeOf(free)
    await holder.query('rollback')
    const codes = await Promise.all(merges)
    await Promise.all([holder.end(), prober.end()])
    expect(probed).toBe('nothing failed')
    expect(codes.sort()).toEqual(['CART_NOT_ACTIVE', 'nothing failed'])
  })

  it('one of each pair of opposite merges is made, and no unit is lost', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 20 }, () => Promise.all([filled(stores[0]), filled(stores[1])])),
    )
    const merge = (store: CartStore, cartId: string, fromCartId: string) =>
      codeOf(store.mergeCart(cartId, { fromCartId, strategy: 'sum' }, options()))
    const codes = await Promise.all(
      pairs.flatMap(([a, b]) => [merge(stores[0], a, b), merge(stores[1], b, a)]),
    )
    expect(codes.filter((code) => code === 'nothing failed')).toHaveLength(20)
    expect(codes.filter((code) => code === 'CART_NOT_ACTIVE')).toHaveLength(20)
    for (const pair of pairs) {
      const carts = await Promise.all(pair.map((id) => stores[0].getCart(id, strong())))
      const units = carts.flatMap(({ lines }) => lines).map(({ quantity }) => quantity)
      expect(units.sort()).toEqual([4, 6])
    }
  })

  it('create, change and sweep the same carts concurrently without any refusal except "not found"', async () => {
    const now = T0 + TTL_SECONDS * 1000 + 5000
    const carts = await Promise.all(Array.from({ length: 40 }, () => filled(stores[0])))
    const put = (cartId: string) => ({
      cartId,
      customerId: 'anna',
      now,
      currency: USD,
      expiresAt: options(now).expiresAt,
    })
    const codes = await Promise.all([
      ...carts.map((id) => codeOf(stores[0].addLines(id, [line(1)], keyed('k', T0 + 1000)))),
      ...carts.map((id) => codeOf(stores[0].createCart(put(id)))),
      ...carts.map((id) => codeOf(stores[1].createCart(put(id)))),
      ...Array.from({ length: 8 }, () => codeOf(stores[1].sweepExpired(now, 7))),
    ])
    const adds = codes.slice(0, 40)
    expect(adds.every((code) => ['nothing failed', 'CART_NOT_FOUND'].includes(code))).toBe(true)
    // A cart whose expiry was extended in time still belongs to its first customer.
    const known = ['nothing failed', 'IDEMPOTENCY_KEY_REUSED']
    expect(codes.slice(40).filter((code) => !known.includes(code))).toEqual([])
  })

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    return client
  }

  async function untilWaiting(sessions: number): Promise<void> {
    const waiting = `select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    while ((await database.query(waiting)).length < sessions);
  }
})
