import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { create, keyed, line, options, strong, T0 } from '../../contract/fixtures.ts'
import { useDynamo } from '../../support/dynamodb.ts'
import { type GatedStore, openGatedStore } from './gated-store.ts'

const dynamo = useDynamo()
let gated: GatedStore
beforeAll(async () => {
  gated = await openGatedStore(dynamo, dynamo.newTableName())
})
afterAll(() => gated?.store.close())

const many = Array.from({ length: 40 }, (_, i) => line(i + 1))
type Call = (store: CartStore, cartId: string) => Promise<unknown>
const calls: [string, Call, string][] = [
  ['create', (store) => create(store), 'PutItem'],
  ['get', (store, id) => store.getCart(id, strong()), 'GetItem'],
  ['getOwner', (store, id) => store.getOwner(id, T0), 'GetItem'],
  ['add', (store, id) => store.addLines(id, [line(1)], options()), 'UpdateItem'],
  ['add with a key', (store, id) => store.addLines(id, [line(1)], keyed('k')), 'UpdateItem'],
  ['add of 40 lines', (store, id) => store.addLines(id, many, options()), 'GetItem UpdateItem'],
  [
    'add at a version',
    (store, id) => store.addLines(id, [line(1)], { ...options(), ifVersion: [2] }),
    'GetItem UpdateItem',
  ],
  ['checkout', (store, id) => store.checkout(id, options()), 'GetItem UpdateItem'],
  ['checkout with a key', (store, id) => store.checkout(id, keyed('k')), 'GetItem UpdateItem'],
  ['set', (store, id) => store.setLine(id, line(1, 9), keyed('k')), 'GetItem UpdateItem'],
  ['remove', (store, id) => store.removeLine(id, 1, options()), 'GetItem UpdateItem'],
  ['empty', (store, id) => store.emptyCart(id, options()), 'GetItem UpdateItem'],
  ['delete', (store, id) => store.deleteCart(id, options()), 'GetItem UpdateItem'],
  ['sweep', (store) => store.sweepExpired(T0, 10), ''],
]

// The table in docs/design-decisions.md; for merges see merge-cut-off.test.ts.
describe('the requests of an undisturbed call', () => {
  it.each(calls)('%s', async (_what, call, requests) => {
    const cartId = await create(gated.store)
    await gated.store.addLines(cartId, [line(1)], options())
    const seen: string[] = []
    gated.gate((operation, send) => {
      seen.push(operation)
      return send()
    })
    await call(gated.store, cartId)
    gated.gate((_operation, send) => send())
    expect(seen.join(' ')).toBe(requests)
  })
})
