import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../../test/support/dynamodb.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { create, keyed, line, newCustomer, options, strong, T0 } from '../../contract/fixtures.ts'
import { type RecordedEvents, recordEvents } from './recorded-events.ts'

const dynamo = useDynamo()
const events: RecordedEvents = recordEvents()
describe.each([
  ['wire', 'dynalite', 0],
  ['sdk', 'dynalite', 0],
  // dynalite does not count index entries; DynamoDB counts one in a creation and one in a checkout.
  ['wire', 'completed', 1],
] as const)('over %s, %s:', (transport, endpoint, indexEntry) => {
  let store: CartStore
  beforeAll(async () => {
    store = await openDynamoStore({ ...dynamo.newStore(endpoint), events, transport })
  })
  beforeEach(() => events.recorded.splice(0))
  afterAll(() => store?.close())

  /** The units that `call` consumes. */
  async function unitsOf(call: () => Promise<unknown>) {
    const before = { ...events.units }
    await call()
    return { read: events.units.read - before.read, write: events.units.write - before.write }
  }

  describe('consumed capacity', () => {
    it.each<[string, (cartId: string) => Promise<unknown>, number, number]>([
      ['an eventual read', (id) => store.getCart(id, { now: T0, consistency: 'eventual' }), 0.5, 0],
      ['a strong read', (id) => store.getCart(id, strong()), 1, 0],
      ['an add', (id) => store.addLines(id, [line(1)], options()), 0, 1],
      ['a set, which reads the cart first', (id) => store.setLine(id, line(1), keyed('k')), 1, 1],
      ['a checkout', (id) => store.checkout(id, options()), 1, 1 + indexEntry],
    ])('of %s', async (_what, call, read, write) => {
      const cartId = await create(store)
      await store.addLines(cartId, [line(1)], options())
      expect(await unitsOf(() => call(cartId))).toEqual({ read, write })
    })

    it('of a creation', async () => {
      expect(await unitsOf(() => create(store))).toEqual({ read: 0, write: 1 + indexEntry })
    })

    it('of a list: the index and a strong read of each cart', async () => {
      const customer = newCustomer()
      await create(store, customer)
      await create(store, customer)
      const list = () => store.listCarts(customer, { limit: 10, now: T0 })
      expect(await unitsOf(list)).toEqual({ read: 2.5, write: 0 })
    })

    it('of coalesced reads, the same as of single reads', async () => {
      const cartIds = await Promise.all(Array.from({ length: 40 }, () => create(store)))
      const all = () => Promise.all(cartIds.map((cartId) => store.getCart(cartId, strong())))
      expect(await unitsOf(all)).toEqual({ read: 40, write: 0 })
    })
  })

  describe('conflicting changes of one cart', () => {
    it('are reported as conflicts and sent again', async () => {
      const cartId = await create(store)
      const sets = Array.from({ length: 8 }, (_, i) =>
        store.setLine(cartId, line(i + 1, 2), options()),
      )
      const changed = await Promise.all(sets)
      expect(new Set(changed.map(({ version }) => version)).size).toBe(8)
      expect(events.recorded).toContain('conflicted')
      const count = (what: string) => events.recorded.filter((each) => each === what).length
      expect(count('retried conflict')).toBe(count('conflicted'))
    })

    it('are not conflicts if they commute', async () => {
      const cartId = await create(store)
      const adds = Array.from({ length: 8 }, () => store.addLines(cartId, [line(1)], options()))
      await Promise.all(adds)
      expect(events.recorded).toEqual([])
    })
  })

  it('the pool reports its use', async () => {
    await Promise.all(Array.from({ length: 3 }, () => create(store)))
    const { active, idle, waiting } = events.pool?.() ?? { active: -1, idle: -1, waiting: -1 }
    expect([active, waiting]).toEqual([0, 0])
    expect(idle).toBeGreaterThanOrEqual(1)
  })
})
