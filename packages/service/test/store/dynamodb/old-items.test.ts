import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../../test/support/dynamodb.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import { type Currency, currencyOf } from '../../../src/cart/money.ts'
import { checkedOut } from '../../../src/cart/rules.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { without } from '../../../src/store/dynamodb/attributes.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { itemOf } from '../../../src/store/dynamodb/item.ts'
import { legacyCurrencyOf, TABLE_ITEM } from '../../../src/store/dynamodb/legacy-currency.ts'
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
  USD,
} from '../../contract/fixtures.ts'
import { changed, holding, newState } from './states.ts'

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

describe('a cart from before carts had a currency', () => {
  const COP = { code: 'COP', digits: 0 }
  const EUR = currencyOf('EUR')
  /** A store on a table with one such cart; `legacyCurrency` is the setting of its first start. */
  async function oldTable(transport: 'wire' | 'sdk' = 'wire') {
    const table = dynamo.newTableName()
    const clientConfig = dynamo.clientConfig()
    const open = (legacyCurrency: Currency) =>
      openDynamoStore({ tableName: table, migrate: true, clientConfig, legacyCurrency, transport })
    await (await open(COP)).close()
    const cartId = newCartId(T0)
    const state = holding({ ...newState(7), cartId }, [line(1, 2)], options())
    const Item = without(itemOf(state), 'currency', 'minor_digits')
    await client.send(new PutItemCommand({ TableName: table, Item }))
    // The shop has another currency by now.
    return { cartId, table, now: await open(EUR) }
  }
  const attributes = async (TableName: string, cartId: string) => {
    const Key = { cart_id: { S: cartId } }
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }))
    return [Item?.currency?.S, Item?.minor_digits?.N]
  }
  const terms = (currency: Currency) => options(T0, {}, { currency })

  it.each(['wire', 'sdk'] as const)(
    'has the currency of the first start over %s, and records it with the first change',
    async (transport) => {
      const { cartId, table, now } = await oldTable(transport)
      expect((await now.getCart(cartId, strong())).currency).toEqual(COP)
      expect(await attributes(table, cartId)).toEqual([undefined, undefined])
      expect(await codeOf(now.addLines(cartId, [line(2)], terms(EUR)))).toBe('CURRENCY_MISMATCH')
      expect((await now.addLines(cartId, [line(2)], terms(COP))).version).toBe(3)
      expect(await attributes(table, cartId)).toEqual(['COP', '0'])
      await now.checkout(cartId, terms(EUR))
      expect((await now.getOrder(cartId)).currency).toEqual(COP)
      await now.close()
    },
  )

  it('keeps it as an order that never changes again, in lists too', async () => {
    const { cartId, table, now } = await oldTable()
    const state = changed(holding({ ...newState(7), cartId }, [line(1, 2)], options()), checkedOut)
    const Item = without(itemOf(state), 'currency', 'minor_digits')
    await client.send(new PutItemCommand({ TableName: table, Item }))
    expect((await now.getOrder(cartId)).currency).toEqual(COP)
    const { items } = await now.listOrders(7, { limit: 5 })
    expect(items.map((order) => order.currency)).toEqual([COP])
    await now.close()
  })

  it('merges with a cart in the same currency only', async () => {
    const { cartId, now } = await oldTable()
    const target = await create(now, 7, T0, EUR)
    const merge = { fromCartId: cartId, strategy: 'sum' } as const
    expect(await codeOf(now.mergeCart(target, merge, terms(EUR)))).toBe('CURRENCY_MISMATCH')
    const same = await create(now, 7, T0, COP)
    await now.mergeCart(same, merge, terms(EUR))
    expect((await now.getCart(same, strong())).lines).toHaveLength(1)
    await now.close()
  })

  it('has one currency, whichever of several instances starts first', async () => {
    const table = dynamo.newTableName()
    const clientConfig = dynamo.clientConfig()
    const first = await openDynamoStore({ tableName: table, migrate: true, clientConfig })
    await first.close()
    const key = { TableName: table, Key: { cart_id: { S: TABLE_ITEM } } }
    await client.send(new DeleteItemCommand(key))
    const sdk = new DynamoDBClient(clientConfig)
    const seen = await Promise.all(
      [COP, EUR, USD, COP, EUR].map((wanted) => legacyCurrencyOf(sdk, table, wanted)),
    )
    expect(new Set(seen.map(({ code }) => code)).size).toBe(1)
    sdk.destroy()
  })
})
