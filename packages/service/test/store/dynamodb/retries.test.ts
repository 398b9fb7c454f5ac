import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  clientConfigFor,
  type TestEndpoint,
  useDynamo,
} from '../../../../../test/support/dynamodb.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import {
  type DynamoStoreOptions,
  openDynamoStore,
} from '../../../src/store/dynamodb/dynamo-store.ts'
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
import { type Fate, type FaultProxy, startFaultProxy } from './fault-proxy.ts'

const dynamo = useDynamo()
let transport: DynamoStoreOptions['transport']
let endpoint: TestEndpoint
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

/** A store behind a proxy that forwards all requests until a test sets their fate. */
async function openFaulty(): Promise<{
  store: CartStore
  proxy: FaultProxy
  use: (fateOf: (operation: string, n: number) => Fate) => void
}> {
  let fate = (_operation: string, _n: number): Fate => 'forward'
  const proxy = await startFaultProxy(dynamo.endpoint(endpoint), (operation, n) =>
    fate(operation, n),
  )
  opened.push(proxy)
  const store = await openDynamoStore({
    tableName: dynamo.newTableName(),
    migrate: true,
    clientConfig: clientConfigFor(proxy.endpoint),
    http: { requestTimeoutMs: 300 },
    transport,
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
const refused: Fate = {
  status: 400,
  type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
}
const failed: Fate = { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' }

/** The response to the first update is lost, and the read that would find it is throttled. */
function lostThenThrottled() {
  let sent = false
  return (operation: string, n: number): Fate => {
    if (operation === 'GetItem') return sent ? throttled : 'forward'
    sent = true
    return n === 1 ? 'apply then drop' : 'forward'
  }
}

/**
 * The outcome of a change whose response was lost, and whose cart cannot be read. DynamoDB returns the cart with the refusal of
 * the second copy, so that no read is needed.
 */
const unreadOutcome = () => (endpoint === 'completed' ? 'nothing failed' : 'STORE_UNAVAILABLE')

describe.each([
  ['wire', 'dynalite'],
  ['sdk', 'dynalite'],
  ['wire', 'completed'],
] as const)('over %s, %s:', (kind, which) => {
  beforeAll(() => {
    transport = kind
    endpoint = which
  })

  describe('a change', () => {
    it('is sent again when it was throttled, and made once', async () => {
      const { store, proxy, use } = await openFaulty()
      const cartId = await create(store)
      use(only('UpdateItem', (n) => (n <= 2 ? throttled : 'forward')))
      expect(await store.addLines(cartId, [line(1, 2)], options())).toEqual({
        version: 2,
        replayed: false,
      })
      expect(proxy.requests.get('UpdateItem')).toBe(3)
      expect((await store.getCart(cartId, strong())).lines[0]?.quantity).toBe(2)
    })

    it('is STORE_BUSY and changes nothing while throttling lasts', async () => {
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
      expect(await codeOf(store.emptyCart(cartId, options()))).toBe('STORE_UNAVAILABLE')
      expect(proxy.requests.get('UpdateItem')).toBe(1)
    })

    it('is explained by the item in the refusal, if there is one, without another read', async () => {
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

    it('that is overtaken again and again ends in STORE_BUSY', async () => {
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

  describe('a change with a key', () => {
    const lost = ['apply then drop', 'apply then hang'] as const

    it.each(lost)(
      'whose response was lost (%s) is sent again and finds its own record',
      async (fate) => {
        const { store, proxy, use } = await openFaulty()
        const cartId = await create(store)
        use(only('UpdateItem', (n) => (n === 1 ? fate : 'forward')))
        const made = { version: 2, replayed: true }
        expect(await store.addLines(cartId, [line(1, 2)], keyed('k'))).toEqual(made)
        expect(proxy.requests.get('UpdateItem')).toBe(2)
        expect((await store.getCart(cartId, strong())).lines[0]?.quantity).toBe(2)
      },
    )

    it.each([
      ['set', (store: CartStore, id: string) => store.setLine(id, line(1, 9), keyed('k'))],
      ['checkout', (store: CartStore, id: string) => store.checkout(id, keyed('k'))],
      [
        'conditional add',
        (store: CartStore, id: string) =>
          store.addLines(id, [line(1)], { ...keyed('k'), ifVersion: [2] }),
      ],
      [
        'large add',
        (store: CartStore, id: string) =>
          store.addLines(
            id,
            Array.from({ length: 40 }, (_, i) => line(i + 1)),
            keyed('k'),
          ),
      ],
    ])('is made once, in every form: %s', async (_what, call) => {
      const { store, use } = await openFaulty()
      const cartId = await create(store)
      await store.addLines(cartId, [line(1)], options())
      use(only('UpdateItem', (n) => (n === 1 ? 'apply then drop' : 'forward')))
      expect(await call(store, cartId)).toEqual({ version: 3, replayed: true })
      expect((await store.getCart(cartId, strong())).version).toBe(3)
    })

    it('is sent again after a 500 that changed nothing, and is not a replay then', async () => {
      const { store, use } = await openFaulty()
      const cartId = await create(store)
      use(only('UpdateItem', (n) => (n === 1 ? failed : 'forward')))
      const made = { version: 2, replayed: false }
      expect(await store.addLines(cartId, [line(1)], keyed('k'))).toEqual(made)
    })

    it('whose responses are all lost has an unknown outcome, which its retry resolves', async () => {
      const { store, proxy, use } = await openFaulty()
      const cartId = await create(store)
      use(only('UpdateItem', () => 'apply then drop'))
      // The second copy is refused for the record of the first, but that response is lost too.
      expect(await codeOf(store.addLines(cartId, [line(1)], keyed('k')))).toBe('STORE_UNAVAILABLE')
      expect(proxy.requests.get('UpdateItem')).toBeGreaterThan(1)
      use(() => 'forward')
      const again = await store.addLines(cartId, [line(1)], keyed('k'))
      expect(again).toEqual({ version: 2, replayed: true })
    })

    it('still has an unknown outcome when a lost copy may still arrive and a later one is throttled', async () => {
      const { store, use } = await openFaulty()
      const cartId = await create(store)
      use(only('UpdateItem', (n) => (n === 1 ? failed : throttled)))
      expect(await codeOf(store.addLines(cartId, [line(1)], keyed('k')))).toBe('STORE_UNAVAILABLE')
    })

    it('still has an unknown outcome when its response was lost and the read of the cart is throttled', async () => {
      for (const call of [
        (store: CartStore, id: string) => store.addLines(id, [line(1)], keyed('k')),
        (store: CartStore, id: string) => store.setLine(id, line(1), keyed('k')),
      ]) {
        const { store, use } = await openFaulty()
        const cartId = await create(store)
        use(lostThenThrottled())
        expect(await codeOf(call(store, cartId))).toBe(unreadOutcome())
        use(() => 'forward')
        expect(await call(store, cartId)).toEqual({ version: 2, replayed: true })
      }
    })

    it('still has an unknown outcome when a lost copy may still arrive and a later one is refused', async () => {
      const { store, use } = await openFaulty()
      const cartId = await create(store)
      const one = { ...keyed('k'), limits: { maxLines: 1, maxLineQuantity: 1, maxUnits: 1 } }
      use(only('UpdateItem', (n) => (n === 1 ? failed : 'forward')))
      expect(await codeOf(store.addLines(cartId, [line(1, 2)], one))).toBe('STORE_UNAVAILABLE')
      expect(await codeOf(store.addLines(cartId, [line(1, 2)], one))).toBe('LINE_QUANTITY_LIMIT')
    })
  })

  describe('a merge', () => {
    const three = [1, 2, 3]
    it.each(three)('whose step %i was executed without a response goes on', async (lostStep) => {
      for (const change of [options(), keyed('k')]) {
        const { store, use } = await openFaulty()
        const [target, source] = [await create(store), await create(store)]
        await store.addLines(source, [line(1, 3)], options())
        use(only('UpdateItem', (n) => (n === lostStep ? 'apply then drop' : 'forward')))
        const merge = { fromCartId: source, strategy: 'sum' } as const
        const answer = await store.mergeCart(target, merge, change)
        expect(answer).toEqual({ version: 2, replayed: lostStep === 2 })
        expect((await store.getCart(target, strong())).lines[0]?.quantity).toBe(3)
        expect((await store.getCart(source, strong())).version).toBe(3)
      }
    })

    it('that is overtaken again and again is STORE_BUSY, and its source is as it was', async () => {
      const { store, use } = await openFaulty()
      const [target, source] = [await create(store), await create(store)]
      await store.addLines(source, [line(1, 3)], options())
      // Every commit comes too late.
      use(only('UpdateItem', (n) => (n === 1 ? 'forward' : refused)))
      const merge = { fromCartId: source, strategy: 'sum' } as const
      expect(await codeOf(store.mergeCart(target, merge, options()))).toBe('STORE_BUSY')
      expect(await store.getCart(source, strong())).toMatchObject({ status: 'active', version: 2 })
      use(() => 'forward')
      expect(await store.mergeCart(target, merge, options())).toEqual({
        version: 2,
        replayed: false,
      })
    })
  })

  describe('a merge that is throttled for good', () => {
    const merge = (fromCartId: string) => ({ fromCartId, strategy: 'sum' }) as const

    it.each([0, 1])('after %i steps is STORE_BUSY: nothing was changed', async (steps) => {
      const { store, use } = await openFaulty()
      const [target, source] = [await create(store), await create(store)]
      use(only('UpdateItem', (n) => (n <= steps ? 'forward' : throttled)))
      expect(await codeOf(store.mergeCart(target, merge(source), options()))).toBe('STORE_BUSY')
      use(() => 'forward')
      for (const cartId of [target, source])
        expect(await store.getCart(cartId, strong())).toMatchObject({
          status: 'active',
          version: 1,
        })
    })

    it('after the response to its commit was lost has an unknown outcome, which its retry resolves', async () => {
      const { store, use } = await openFaulty()
      const [target, source] = [await create(store), await create(store)]
      await store.addLines(source, [line(1, 3)], options())
      // The commit is executed without a response, its copy is refused, and the read is throttled.
      const fates: Record<string, (n: number) => Fate> = {
        UpdateItem: (n) => (n === 2 ? 'apply then drop' : 'forward'),
        GetItem: (n) => (n <= 2 ? 'forward' : throttled),
      }
      use((operation, n) => fates[operation]?.(n) ?? 'forward')
      const asked = store.mergeCart(target, merge(source), options())
      expect(await codeOf(asked)).toBe('STORE_UNAVAILABLE')
      use(() => 'forward')
      await store.mergeCart(target, merge(source), options())
      expect(await store.getCart(target, strong())).toMatchObject({
        version: 2,
        lines: [{ quantity: 3 }],
      })
    })
  })

  describe('a creation', () => {
    const asked = (cartId: string, now = T0) => {
      const { expiresAt, currency } = options(now)
      return { cartId, customerId: 8, currency, now, expiresAt }
    }

    it.each(['apply then drop', 'apply then hang'] as const)(
      'whose response was lost (%s) is sent again, finds its own cart and is no replay',
      async (fate) => {
        const { store, proxy, use } = await openFaulty()
        use(only('PutItem', (n) => (n === 1 ? fate : 'forward')))
        const cart = asked(newCartId(T0))
        expect(await store.createCart(cart)).toEqual({ version: 1, replayed: false })
        expect(proxy.requests.get('PutItem')).toBe(2)
        expect((await store.getCart(cart.cartId, strong())).version).toBe(1)
      },
    )

    it('whose response was lost, of a cart that exists already, is a replay', async () => {
      const { store, use } = await openFaulty()
      const cart = asked(newCartId(T0))
      await store.createCart(cart)
      await store.addLines(cart.cartId, [line(1)], options())
      use(only('PutItem', (n) => (n === 1 ? 'apply then drop' : 'forward')))
      const later = asked(cart.cartId, T0 + 1)
      expect(await store.createCart(later)).toEqual({ version: 1, replayed: true })
      const stranger = { ...later, customerId: newCustomer() }
      expect(await codeOf(store.createCart(stranger))).toBe('IDEMPOTENCY_KEY_REUSED')
      expect((await store.getCart(cart.cartId, strong())).lines).toHaveLength(1)
    })

    it('whose response was lost and whose later copies are throttled has an unknown outcome', async () => {
      const { store, use } = await openFaulty()
      use(only('PutItem', (n) => (n === 1 ? 'apply then drop' : throttled)))
      const cart = asked(newCartId(T0))
      expect(await codeOf(store.createCart(cart))).toBe('STORE_UNAVAILABLE')
      expect((await store.getCart(cart.cartId, strong())).version).toBe(1)
    })

    it('whose response was lost and whose read of the cart is throttled has an unknown outcome', async () => {
      const { store, use } = await openFaulty()
      use((operation, n) =>
        operation === 'GetItem' ? throttled : n === 1 ? 'apply then drop' : 'forward',
      )
      expect(await codeOf(store.createCart(asked(newCartId(T0))))).toBe(unreadOutcome())
    })

    it('that was only ever throttled is STORE_BUSY', async () => {
      const { store, proxy, use } = await openFaulty()
      use(only('PutItem', () => throttled))
      expect(await codeOf(store.createCart(asked(newCartId(T0))))).toBe('STORE_BUSY')
      expect(proxy.requests.get('PutItem')).toBeGreaterThan(1)
    })

    it('never replaces an order', async () => {
      const { store } = await openFaulty()
      const cartId = await create(store, 8)
      await store.addLines(cartId, [line(1)], options())
      await store.checkout(cartId, options())
      const late = asked(cartId, T0 + 10 * 365 * 86_400_000)
      expect(await store.createCart(late)).toEqual({ version: 1, replayed: true })
      expect((await store.getOrder(cartId)).lines).toHaveLength(1)
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
