import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import { type Cart, expiryOf } from '../../../src/cart/cart.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore, ChangeOptions } from '../../../src/store/cart-store.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { NO_EVENTS } from '../../../src/store/store-events.ts'
import { filled } from '../../contract/changes.ts'
import { codeOf, create, keyed, line, options, strong, T0, USD } from '../../contract/fixtures.ts'

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

const database = await useDatabase()
let conflicts = 0
const events = { ...NO_EVENTS, conflicted: () => void conflicts++ }
const open = () => openPostgresStore({ databaseUrl: database.url, migrate: true, events })
const stores = [await open(), await open()] as const
afterAll(() => Promise.all(stores.map((store) => store.close())))

describe('coalesced calls', () => {
  it('share statements', async () => {
    const carts = await Promise.all(range(40).map(() => create(stores[0])))
    await Promise.all(
      range(400).map((i) => stores[0].addLines(carts[i % 40] ?? '', [line(i)], options())),
    )
    // Each statement is a transaction, whose id marks the rows that it wrote.
    const [written] = await database.query(
      'select count(distinct xmin::text)::int as transactions, count(*)::int as lines from cart_lines',
    )
    expect(written?.lines).toBe(400)
    expect(written?.transactions).toBeLessThan(100)
  })

  it('read each cart and its lines as of one moment, while two stores change them', async () => {
    const carts = await Promise.all(range(8).map(() => create(stores[0])))
    const at = (i: number) => carts[i % carts.length] ?? ''
    let written = false
    const versions = new Set<number>()
    const MAX_CHANGES = 1000
    const writing = Promise.all(
      range(40).map(async (i) => {
        // Until some were read between the changes, or this would show nothing.
        for (let n = 0; n < 10 || (versions.size <= 3 && n < MAX_CHANGES); n++)
          await stores[i % 2 === 0 ? 0 : 1].addLines(at(i), [line((i + n) % 13)], options())
      }),
    ).finally(() => {
      written = true
    })
    const seen: Cart[] = []
    const reading = Promise.all(
      range(64).map(async (i) => {
        while (!written) {
          const cart = await stores[0].getCart(at(i), strong())
          seen.push(cart)
          versions.add(cart.version)
        }
      }),
    )
    await Promise.all([writing, reading])
    expect(versions.size).toBeGreaterThan(3)
    const units = (cart: Cart) => cart.lines.reduce((sum, each) => sum + each.quantity, 0)
    expect(seen.filter((cart) => units(cart) !== cart.version - 1)).toEqual([])
  })

  it('cannot deadlock: two stores add, merge and sweep the same carts in opposite orders', async () => {
    const carts = await Promise.all(range(30).map(() => filled(stores[0])))
    const addsOf = (store: CartStore, ids: readonly string[], terms: ChangeOptions) =>
      ids.map((cartId, n) => codeOf(store.addLines(cartId, [line(n), line('x')], terms)))
    const mergesOf = (store: CartStore, ids: readonly string[]) =>
      range(5).map((n) =>
        codeOf(
          store.mergeCart(
            ids[n * 6] ?? '',
            { fromCartId: ids[n * 6 + 1] ?? '', strategy: 'sum' },
            options(),
          ),
        ),
      )
    const calls = range(6).flatMap((round) =>
      [carts, carts.toReversed()].flatMap((ids, i) => {
        const store = stores[i === 0 ? 0 : 1]
        return [
          ...addsOf(store, ids, round % 2 === 0 ? options() : keyed(`${i} ${round}`)),
          ...(round === 2 ? mergesOf(store, ids) : []),
          codeOf(store.sweepExpired(T0, 5)),
        ]
      }),
    )
    const codes = new Set(await Promise.all(calls))
    codes.delete('nothing failed')
    // From carts that were merged in the meantime.
    codes.delete('CART_NOT_ACTIVE')
    expect([...codes]).toEqual([])
    expect(conflicts).toBe(0)
    const wrong = await database.query(
      `select cart_id from carts as cart
       where units <> (select coalesce(sum(quantity), 0) from cart_lines where cart_id = cart.cart_id)
          or line_count <> (select count(*) from cart_lines where cart_id = cart.cart_id)`,
    )
    expect(wrong).toEqual([])
  })

  it('are not delayed by a locked cart of another call, nor are later calls', async () => {
    const [locked, ...others] = await Promise.all(range(20).map(() => create(stores[0])))
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('begin')
    await holder.query('select from carts where cart_id = $1 for update', [locked])
    let settled = 0
    const waiting = range(5).map(async () => {
      const changed = await stores[0].addLines(locked ?? '', [line(1)], options())
      settled += 1
      return changed.version
    })
    for (const round of range(3)) {
      const changed = await Promise.all(
        others.map((id) => stores[0].addLines(id, [line(1)], options())),
      )
      expect(changed.map((each) => each.version)).toEqual(others.map(() => round + 2))
    }
    expect(settled).toBe(0)
    await holder.query('rollback')
    await holder.end()
    expect((await Promise.all(waiting)).sort()).toEqual([2, 3, 4, 5, 6])
  })

  it('do not fail with another call of the batch that PostgreSQL refuses', async () => {
    const carts = await Promise.all(range(20).map(() => create(stores[0])))
    const poison = { ...line(1), productName: 'no \u0000 in text' }
    const adds = carts.flatMap((id, i) => [
      codeOf(stores[0].addLines(id, [line(2)], options())),
      ...(i % 7 === 3 ? [codeOf(stores[0].addLines(id, [poison], options()))] : []),
    ])
    const codes = await Promise.all(adds)
    expect(codes.filter((code) => code === 'INTERNAL_ERROR')).toHaveLength(3)
    expect(codes.filter((code) => code === 'nothing failed')).toHaveLength(20)

    const made = (customerId: string) => {
      const cart = {
        cartId: newCartId(T0),
        customerId,
        currency: USD,
        now: T0,
        expiresAt: expiryOf(T0, 60),
      }
      return codeOf(stores[0].createCart(cart))
    }
    const names = range(20).map((i) => (i === 9 ? '\u0000' : 'anna'))
    const creates = await Promise.all(names.map(made))
    expect(creates.map((code) => code === 'nothing failed')).toEqual(
      names.map((each) => each === 'anna'),
    )
  })

  it('create one cart once, for any number of callers', async () => {
    const cart = { cartId: newCartId(T0), currency: USD, now: T0, expiresAt: expiryOf(T0, 60) }
    const asked = range(30).map((i) =>
      stores[i % 2 === 0 ? 0 : 1]
        .createCart({ ...cart, customerId: i % 3 === 0 ? 'bert' : 'anna' })
        .then(({ replayed }) => (replayed ? 'replayed' : 'made'))
        .catch(({ code }) => code),
    )
    const results = await Promise.all(asked)
    const made = results.indexOf('made')
    expect(results.lastIndexOf('made')).toBe(made)
    for (const [i, result] of results.entries()) {
      const same = (i % 3 === 0) === (made % 3 === 0)
      if (i !== made) expect(result).toBe(same ? 'replayed' : 'IDEMPOTENCY_KEY_REUSED')
    }
  })

  it('that create one cart for two customers in one batch give it to one customer and refuse the other', async () => {
    const create = (cartId: string, customerId: string) =>
      stores[0].createCart({
        cartId,
        customerId,
        currency: USD,
        now: T0,
        expiresAt: expiryOf(T0, 60),
      })
    const others = range(200).map(() => newCartId(T0))
    const contested = range(40).map(() => newCartId(T0))
    const neighbours = others.map((cartId) => create(cartId, 'carl'))
    const [asAnna, asBert] = ['anna', 'bert'].map((customerId) =>
      contested.map((cartId) => codeOf(create(cartId, customerId))),
    )
    await Promise.all(neighbours)
    const results = await Promise.all([Promise.all(asAnna ?? []), Promise.all(asBert ?? [])])
    const owners = await Promise.all(contested.map((cartId) => stores[0].getOwner(cartId, T0)))
    const expectedFor = (name: string) =>
      owners.map((owner) => (owner === name ? 'nothing failed' : 'IDEMPOTENCY_KEY_REUSED'))
    expect(results).toEqual([expectedFor('anna'), expectedFor('bert')])
  })

  it('settle before the store closes, also those that were still queued', async () => {
    const cartId = await create(stores[0])
    const other = await openPostgresStore({ databaseUrl: database.url })
    const adds = range(300).map(() => other.addLines(cartId, [line(1)], options()))
    const gets = range(300).map(() => other.getCart(cartId, strong()))
    await other.close()
    expect((await Promise.all(adds)).map((each) => each.version).sort((a, b) => a - b)).toEqual(
      range(300).map((i) => i + 2),
    )
    await expect(Promise.all(gets)).resolves.toHaveLength(300)
  })
})
