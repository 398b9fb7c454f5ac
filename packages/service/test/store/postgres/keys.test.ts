import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import { CartError } from '../../../src/cart/errors.ts'
import {
  KEY_LIFETIME_MS,
  type KeyRecord,
  MAX_KEYS,
  withKey,
} from '../../../src/cart/idempotency.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import { MAX_ABSORBED } from '../../../src/cart/merge.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openMemoryStore } from '../../../src/store/memory/memory-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { create, keyed, line, options, T0, USD } from '../../contract/fixtures.ts'

const database = await useDatabase()
const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
afterAll(store.close)

describe('the records of a cart', () => {
  it('have the same keys as the rules keep, for any sequence of changes', async () => {
    // Few enough keys to repeat, more keys than a cart keeps, and pauses in which some keys expire.
    const step = fc.record({
      key: fc.integer({ min: 1, max: MAX_KEYS + 12 }),
      asked: fc.constantFrom('a', 'a', 'a', 'b'),
      wait: fc.constantFrom(0, 0, 1, KEY_LIFETIME_MS / 40, KEY_LIFETIME_MS / 8),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), async (steps) => {
        const [cartId, expiresAt] = [newCartId(T0), T0 + 50 * KEY_LIFETIME_MS]
        const stores = [store, openMemoryStore()]
        for (const each of stores)
          await each.createCart({ cartId, customerId: 7, currency: USD, now: T0, expiresAt })
        let [kept, now]: [KeyRecord[], number] = [[], T0]
        for (const { key, asked, wait } of steps) {
          now += wait
          const change = { ...keyed(`key ${key}`, now, asked), expiresAt }
          const answers = stores.map((each) =>
            each.addLines(cartId, [line(1)], change).catch((error: CartError) => error.code),
          )
          const [made, expected] = await Promise.all(answers)
          expect(made).toEqual(expected)
          if (change.key !== undefined && typeof made === 'object' && !made.replayed)
            kept = withKey(kept, { ...change.key, version: made.version, at: now })
        }
        expect(await recorded(cartId)).toEqual(kept)
      }),
      { numRuns: 15, seed: 20_260_103 },
    )
  })

  it('have the same keys after coalesced changes', async () => {
    // Mostly new keys, because a known key sends the adds of its batch through `change_cart`.
    const key = fc.oneof(
      { weight: 200, arbitrary: fc.nat() },
      { weight: 1, arbitrary: fc.nat(9) },
      { weight: 40, arbitrary: fc.constant(undefined) },
    )
    const adds = (maxLength: number) =>
      fc.array(fc.record({ key, late: fc.boolean() }), { minLength: 1, maxLength, size: 'max' })
    const burst = fc.record({
      adds: fc.oneof(adds(12), adds(12), adds(70)),
      // Two clocks that may differ so much that a key has expired for some adds of a burst.
      ahead: fc.constantFrom(0, 1, KEY_LIFETIME_MS / 2, KEY_LIFETIME_MS + 1),
      wait: fc.constantFrom(0, 1, KEY_LIFETIME_MS / 8, KEY_LIFETIME_MS / 2),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { minLength: 4, maxLength: 12 }), async (bursts) => {
        const [cartId, expiresAt] = [newCartId(T0), T0 + 50 * KEY_LIFETIME_MS]
        await store.createCart({ cartId, customerId: 7, currency: USD, now: T0, expiresAt })
        let [kept, now]: [KeyRecord[], number] = [[], T0]
        for (const { adds, ahead, wait } of bursts) {
          now += wait
          const made = await Promise.all(
            adds.map(async ({ key: number, late }) => {
              const at = late ? now + ahead : now
              const key = number === undefined ? undefined : keyed(`key ${number}`, at).key
              const terms = { ...options(at, {}, { key }), expiresAt }
              return { key, at, ...(await store.addLines(cartId, [line(1)], terms)) }
            }),
          )
          for (const { key, at, version, replayed } of made.sort((a, b) => a.version - b.version))
            if (key !== undefined && !replayed) kept = withKey(kept, { ...key, version, at })
          expect(await recorded(cartId)).toEqual(kept)
        }
      }),
      { numRuns: 30, seed: 20_260_122 },
    )
  })

  const recorded = (cartId: string) =>
    database.query(
      `select key_id as id, fingerprint, version::int, at::float8 from cart_keys
       where cart_id = $1 order by version`,
      [cartId],
    )

  it('refuse a further merge with the same message as the memory store', async () => {
    const refusal = async (target: CartStore) => {
      const cartId = await create(target)
      const merge = async () =>
        target.mergeCart(cartId, { fromCartId: await create(target), strategy: 'sum' }, options())
      for (let i = 0; i < MAX_ABSORBED; i++) await merge()
      return merge().catch((error) => error)
    }
    const refused = await refusal(store)
    expect(refused).toBeInstanceOf(CartError)
    const { code, message, details } = await refusal(openMemoryStore())
    expect(refused).toMatchObject({ code, message, details })
  })

  it('include its customer, also of a deleted or merged cart, until it expires', async () => {
    const [kept, deleted, merged] = await Promise.all(
      [7, 'anna', 'b'].map((id) => create(store, id)),
    )
    await store.deleteCart(deleted ?? '', options())
    await store.mergeCart(kept ?? '', { fromCartId: merged ?? '', strategy: 'sum' }, options())
    const owners = (now: number) =>
      Promise.all(
        [kept, deleted, merged, 'nonsense', newCartId(T0)].map((id) =>
          store.getOwner(id ?? '', now).catch(({ code }) => code),
        ),
      )
    const none = 'CART_NOT_FOUND'
    const { expiresAt } = options()
    expect(await owners(expiresAt - 1)).toEqual([7, 'anna', 'b', none, none])
    expect(await owners(expiresAt)).toEqual([none, none, none, none, none])
  })

  it('match no version outside the safe integers', async () => {
    const cartId = await create(store)
    const ifVersion = [1e300, -1, 1.5, Number.NaN, 2 ** 53]
    const refused = store.addLines(cartId, [line(1)], options(T0, {}, { ifVersion }))
    await expect(refused).rejects.toMatchObject({ details: { current_version: 1 } })
  })
})
