import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterEach, describe, expect, it } from 'vitest'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { codeOf, create, line, options, strong } from '../../contract/fixtures.ts'
import { clientConfigFor, useDynamo } from '../../support/dynamodb.ts'
import { type Fate, type FaultProxy, startFaultProxy } from './fault-proxy.ts'

const dynamo = useDynamo()
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

/** A store behind a proxy that lets requests through until `fateOf` is set. */
async function openFaulty(): Promise<{
  store: CartStore
  proxy: FaultProxy
  use: (fateOf: (operation: string, n: number) => Fate) => void
}> {
  let fate = (_operation: string, _n: number): Fate => 'forward'
  const proxy = await startFaultProxy(dynamo.endpoint(), (operation, n) => fate(operation, n))
  opened.push(proxy)
  const store = await openDynamoStore({
    tableName: dynamo.newTableName(),
    migrate: true,
    clientConfig: {
      ...clientConfigFor(proxy.endpoint),
      requestHandler: new NodeHttpHandler({ requestTimeout: 300, throwOnRequestTimeout: true }),
    },
  })
  opened.push(store)
  return {
    store,
    proxy,
    use(fateOf) {
      proxy.requests.clear()
      fate = fateOf
    },
  }
}

const only =
  (operation: string, fateOf: (n: number) => Fate) =>
  (name: string, n: number): Fate =>
    name === operation ? fateOf(n) : 'forward'

const throttled: Fate = {
  status: 400,
  type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException',
}
const failed: Fate = { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' }

describe('a change', () => {
  it('is sent again when it was throttled, and made once', async () => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    use(only('UpdateItem', (n) => (n <= 2 ? throttled : 'forward')))
    expect(await store.addLines(cartId, [line(1, 2)], options())).toEqual({ version: 2 })
    expect(proxy.requests.get('UpdateItem')).toBe(3)
    expect((await store.getCart(cartId, strong())).lines[0]?.quantity).toBe(2)
  })

  it('is STORE_BUSY and changes nothing when throttling does not end', async () => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    use(only('UpdateItem', () => throttled))
    expect(await codeOf(store.addLines(cartId, [line(1)], options()))).toBe('STORE_BUSY')
    expect(proxy.requests.get('UpdateItem')).toBeGreaterThan(1)
    expect((await store.getCart(cartId, strong())).version).toBe(1)
  })

  it.each([
    ['apply then drop', 'STORE_UNAVAILABLE'],
    ['apply then hang', 'STORE_TIMEOUT'],
  ] as const)('is never sent twice when its answer is lost (%s)', async (fate, code) => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    use(only('UpdateItem', (n) => (n === 1 ? fate : 'forward')))
    expect(await codeOf(store.addLines(cartId, [line(1, 2)], options()))).toBe(code)
    expect(proxy.requests.get('UpdateItem')).toBe(1)
    expect((await store.getCart(cartId, strong())).lines[0]?.quantity).toBe(2)
  })

  it('is not sent again after a 500, which may have been made', async () => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    use(only('UpdateItem', () => failed))
    expect(await codeOf(store.checkout(cartId, options()))).toBe('STORE_UNAVAILABLE')
    expect(proxy.requests.get('UpdateItem')).toBe(1)
  })

  it('is explained by the item in the refusal, without another read, where there is one', async () => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    await store.addLines(cartId, [line(1)], options())
    await store.checkout(cartId, options())
    use(
      only('UpdateItem', () => ({
        status: 400,
        type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        more: { Item: { ...ITEM, status: { S: 'checked_out' } } },
      })),
    )
    expect(await codeOf(store.addLines(cartId, [line(1)], options()))).toBe('CART_NOT_ACTIVE')
    expect(proxy.requests.get('GetItem')).toBeUndefined()
  })

  it('that goes on being overtaken ends in STORE_BUSY', async () => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    use(
      only('UpdateItem', () => ({
        status: 400,
        type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        more: { Item: ITEM },
      })),
    )
    expect(await codeOf(store.addLines(cartId, [line(1)], options()))).toBe('STORE_BUSY')
    expect(proxy.requests.get('UpdateItem')).toBeGreaterThan(2)
  })
})

describe('a creation', () => {
  it('whose answer was lost is sent again and finds its own cart', async () => {
    const { store, proxy, use } = await openFaulty()
    use(only('PutItem', (n) => (n === 1 ? 'apply then drop' : 'forward')))
    const cartId = await create(store)
    expect(proxy.requests.get('PutItem')).toBe(2)
    expect((await store.getCart(cartId, strong())).version).toBe(1)
  })

  it('does not overwrite a cart of the same id', async () => {
    const { store } = await openFaulty()
    const cartId = await create(store)
    await store.addLines(cartId, [line(1)], options())
    const { now, expiresAt } = options()
    expect(await codeOf(store.createCart({ cartId, customerId: 8, now, expiresAt }))).toBe(
      'INTERNAL_ERROR',
    )
    expect((await store.getCart(cartId, strong())).lines).toHaveLength(1)
  })
})

describe('a read', () => {
  it('is sent again when the connection was lost', async () => {
    const { store, proxy, use } = await openFaulty()
    const cartId = await create(store)
    use(only('GetItem', (n) => (n === 1 ? 'apply then drop' : 'forward')))
    expect((await store.getCart(cartId, strong())).cartId).toBe(cartId)
    expect(proxy.requests.get('GetItem')).toBe(2)
  })

  it('that fails for good is a failing store, never a missing cart', async () => {
    const { store, use } = await openFaulty()
    const cartId = await create(store)
    use(only('GetItem', () => failed))
    expect(await codeOf(store.getCart(cartId, strong()))).toBe('STORE_UNAVAILABLE')
    expect(await codeOf(store.getOrder(cartId))).toBe('STORE_UNAVAILABLE')
    expect(await codeOf(store.ping())).toBe('STORE_UNAVAILABLE')
  })
})

/** An active cart, as DynamoDB returns it with a refusal. */
const ITEM = {
  cart_id: { S: '01890a5d-ac96-774b-bcce-b302099a8057' },
  customer_id: { S: '7' },
  status: { S: 'active' },
  version: { N: '4' },
  units: { N: '0' },
  created_at: { N: '1' },
  updated_at: { N: '1' },
  expires_at: { N: '99999999999' },
  qty: { M: {} },
  line: { M: {} },
  changed: { M: {} },
}
