import { afterAll, describe, expect, it } from 'vitest'
import { readCart } from '../../packages/service/src/http/routes/read-cart.ts'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import { describeCartStore } from '../../packages/service/test/contract/cart-store-contract.ts'
import {
  codeOf,
  create,
  line,
  options,
  strong,
  T0,
} from '../../packages/service/test/contract/fixtures.ts'
import { recordEvents } from '../../packages/service/test/store/dynamodb/recorded-events.ts'
import { query } from '../support/query.ts'
import { withSessionReads } from './session-reads.ts'
import { startReplicated } from './standby.ts'

const eventual = (now = T0) => ({ now, consistency: 'eventual' as const })

/** A few reads of the contract suite come before the replay, and some after it. */
const lagging = await startReplicated(30)
afterAll(() => lagging[Symbol.asyncDispose]())

describeCartStore('postgres, with reads of a standby and min_version', async () => {
  const { writerUrl: databaseUrl, replicaUrl: readUrl } = lagging
  const store = await openPostgresStore({ databaseUrl, readUrl, migrate: true })
  return withSessionReads(store)
})

describe('a store with a lagging replica', () => {
  it('reads carts that the replica has, and asks the writer for those that it lacks', async () => {
    const { writerUrl: databaseUrl, replicaUrl: readUrl } = lagging
    const events = recordEvents()
    const store = await openPostgresStore({ databaseUrl, readUrl, migrate: true, events })
    const known = await create(store)
    while (!events.recorded.includes('replica read ok')) await store.getCart(known, eventual())
    await query(readUrl, 'select pg_wal_replay_pause()')
    const unknown = await create(store)
    events.recorded.splice(0)
    await store.getCart(known, eventual())
    await store.getCart(unknown, eventual())
    const outcomes = events.recorded.filter((event) => event.startsWith('replica read'))
    expect(outcomes).toEqual(['replica read ok', 'replica read missing'])
    await query(readUrl, 'select pg_wal_replay_resume()')
    await store.close()
  })

  it('serves eventual reads from the replica, strong ones from the writer', async () => {
    const { writerUrl: databaseUrl, replicaUrl: readUrl } = lagging
    const events = recordEvents()
    const store = await openPostgresStore({ databaseUrl, readUrl, migrate: true, events })
    const cartId = await create(store)
    while (!events.recorded.includes('replica read ok'))
      expect(await store.getCart(cartId, eventual())).toMatchObject({ version: 1 })
    await query(readUrl, 'select pg_wal_replay_pause()')
    await store.setLine(cartId, line(1), options())
    expect(await store.getCart(cartId, eventual())).toMatchObject({ version: 1, lines: [] })
    expect(await store.getCart(cartId, strong())).toMatchObject({ version: 2 })
    const wanted = { minVersion: 2, mayBeOnItsWay: false }
    expect(await readCart(store, cartId, eventual(), wanted)).toMatchObject({ version: 2 })
    await query(readUrl, 'select pg_wal_replay_resume()')
    while ((await store.getCart(cartId, eventual())).version === 1);
    await store.close()
  })
})

describe('a store whose replica is down', () => {
  it('reads from the writer, and from the replica again when it is back', async () => {
    await using down = await startReplicated(0)
    const { writerUrl: databaseUrl, replicaUrl: readUrl } = down
    const events = recordEvents()
    const store = await openPostgresStore({ databaseUrl, readUrl, migrate: true, events })
    const cartId = await create(store)
    while (!events.recorded.includes('replica read ok')) await store.getCart(cartId, eventual())
    await down.stopReplica()
    for (let i = 0; i < 50; i++)
      expect(await codeOf(store.getCart(cartId, eventual()))).toBe('nothing failed')
    const failed = events.recorded.filter((event) => event === 'replica read failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.length).toBeLessThan(50)
    await store.close()
  })

  it('starts', async () => {
    const { writerUrl: databaseUrl } = lagging
    const readUrl = 'postgres://nobody@127.0.0.1:1/carts'
    const store = await openPostgresStore({ databaseUrl, readUrl, migrate: true })
    const cartId = await create(store)
    expect(await store.getCart(cartId, eventual())).toMatchObject({ version: 1 })
    await store.ping()
    await store.close()
  })
})
