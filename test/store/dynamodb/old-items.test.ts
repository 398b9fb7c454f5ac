import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { without } from '../../../src/store/dynamodb/attributes.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { itemOf } from '../../../src/store/dynamodb/item.ts'
import { CHANGES } from '../../contract/changes.ts'
import {
  codeOf,
  create,
  keyed,
  line,
  newCustomer,
  options,
  strong,
  T0,
} from '../../contract/fixtures.ts'
import { useDynamo } from '../../support/dynamodb.ts'
import { holding, newState } from './states.ts'

const dynamo = useDynamo()
let store: CartStore
let client: DynamoDBClient
let tableName: string
beforeAll(async () => {
  tableName = dynamo.newTableName()
  store = await openDynamoStore({ tableName, migrate: true, clientConfig: dynamo.clientConfig() })
  client = new DynamoDBClient(dynamo.clientConfig())
})
afterAll(async () => {
  await store?.close()
  client?.destroy()
})

/** A cart with 2 units of product 1, as written before there were keys, merges and list positions. */
async function oldCart(customerId = newCustomer()): Promise<string> {
  const cartId = newCartId(T0)
  const item = itemOf(holding({ ...newState(customerId), cartId }, [line(1, 2)], options()))
  const Item = without(item, 'key_version', 'key_info', 'cart_key')
  await client.send(new PutItemCommand({ TableName: tableName, Item }))
  return cartId
}

describe('a cart from before keys and merges', () => {
  it.each(Object.entries(CHANGES))('takes %s, without and with a key', async (_what, call) => {
    expect(await call(store, await oldCart(), options())).toEqual({ version: 3, replayed: false })
    const cartId = await oldCart()
    expect(await call(store, cartId, keyed('k'))).toEqual({ version: 3, replayed: false })
    expect(await call(store, cartId, keyed('k'))).toEqual({ version: 3, replayed: true })
  })

  it('accepts many concurrent keyed adds', async () => {
    const cartId = await oldCart()
    const adds = Array.from({ length: 20 }, (_, i) =>
      store.addLines(cartId, [line(1)], keyed(`k${i}`)),
    )
    await Promise.all(adds)
    const { lines, version } = await store.getCart(cartId, strong())
    expect([lines[0]?.quantity, version]).toEqual([22, 22])
  })

  it('can be source and target of a merge', async () => {
    for (const [target, source] of [
      [await oldCart(), await create(store)],
      [await create(store), await oldCart()],
      [await oldCart(), await oldCart()],
    ] as const) {
      const merge = { fromCartId: source, strategy: 'sum' } as const
      expect(await codeOf(store.mergeCart(target, merge, keyed('k')))).toBe('nothing failed')
      expect((await store.mergeCart(target, merge, keyed('k'))).replayed).toBe(true)
      expect((await store.getCart(source, strong())).status).toBe('merged')
    }
  })

  it('is in lists after its first keyed change', async () => {
    const customer = newCustomer()
    const cartId = await oldCart(customer)
    await store.addLines(cartId, [line(1)], keyed('k'))
    const { items } = await store.listCarts(customer, { limit: 5, now: T0 })
    expect(items.map((cart) => cart.cartId)).toEqual([cartId])
  })
})
