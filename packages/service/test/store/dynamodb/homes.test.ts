import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientConfigFor, useDynamo } from '../../../../../test/support/dynamodb.ts'
import { listen } from '../../../../../test/support/listen.ts'
import { type HomeMap, type Homes, openHomes, PAUSED } from '../../../src/cart/homes.ts'
import { derivedCartId, newCartId } from '../../../src/cart/ids.ts'
import { markOf } from '../../../src/cart/region-mark.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import type { MovableStore } from '../../../src/store/residences.ts'
import { describeCartStore } from '../../contract/cart-store-contract.ts'
import {
  codeOf,
  create,
  line,
  newCustomer,
  options,
  strong,
  T0,
  TTL_SECONDS,
  USD,
} from '../../contract/fixtures.ts'

const NAMES = ['us', 'eu'] as const
const MAP: HomeMap = { version: 1, homes: { us: 'us', eu: 'eu' } }
const TABLE = 'carts'

// Two databases that copy nothing to each other, as if all copies were late: whatever works has gone to the home of its item.
const tables = { us: useDynamo(), eu: useDynamo() }
const stores = {} as Record<(typeof NAMES)[number], MovableStore>
const homes = {} as Record<(typeof NAMES)[number], Homes>

type Endpoints = Partial<Record<(typeof NAMES)[number], string>>

function openIn(own: (typeof NAMES)[number], map = MAP, endpoints: Endpoints = {}) {
  const its = openHomes(own, map)
  const all = NAMES.map((name) => [name, endpoints[name] ?? tables[name].endpoint()] as const)
  const store = openDynamoStore({
    tableName: TABLE,
    migrate: true,
    clientConfig: clientConfigFor(endpoints[own] ?? tables[own].endpoint()),
    homes: { homes: its, endpoints: new Map(all), timeoutMs: 60_000 },
  })
  return { its, store }
}

beforeAll(async () => {
  for (const own of NAMES) {
    const { its, store } = openIn(own)
    homes[own] = its
    stores[own] = await store
  }
})
afterAll(() => Promise.all(Object.values(stores).map((store) => store.close())))

const expiresAt = T0 + 1000 * TTL_SECONDS
const newCart = (customerId = newCustomer()) => ({ customerId, currency: USD, now: T0, expiresAt })

/** A cart with one line, made in that region. */
async function cartIn(own: (typeof NAMES)[number], customerId = newCustomer()): Promise<string> {
  const cartId = homes[own].newCartId(T0)
  await stores[own].createCart({ ...newCart(customerId), cartId })
  await stores[own].addLines(cartId, [line(own)], options())
  return cartId
}

const unmarked = (text: string) => derivedCartId(Buffer.from(text.padEnd(16)))

describe('a cart whose home is another region', () => {
  it('is read strongly and changed there, by both regions at once', async () => {
    const cartId = await cartIn('us')
    const adds = Array.from({ length: 20 }, (_, i) =>
      stores[i % 2 === 0 ? 'us' : 'eu'].addLines(cartId, [line(1)], options()),
    )
    await Promise.all(adds)
    for (const own of NAMES)
      expect(await stores[own].getCart(cartId, strong())).toMatchObject({ version: 22 })
  })

  it('is not found by an eventual read before it has been copied', async () => {
    const cartId = await cartIn('us')
    const read = stores.eu.getCart(cartId, { now: T0, consistency: 'eventual' })
    expect(await codeOf(read)).toBe('CART_NOT_FOUND')
  })

  it('becomes an order there', async () => {
    const cartId = await cartIn('us')
    await stores.eu.checkout(cartId, options())
    for (const own of NAMES) expect(await stores[own].getOrder(cartId)).toMatchObject({ cartId })
  })

  it('is merged with a cart of this region, in either direction and only once', async () => {
    for (const [target, source] of [
      ['us', 'eu'],
      ['eu', 'us'],
    ] as const) {
      const [into, from] = [await cartIn(target), await cartIn(source)]
      const merge = { fromCartId: from, strategy: 'sum' } as const
      await Promise.all(NAMES.map((own) => stores[own].mergeCart(into, merge, options())))
      for (const own of NAMES) {
        const merged = await stores[own].getCart(into, strong())
        expect(merged.lines.map(({ productId }) => productId).sort()).toEqual(['eu', 'us'])
        expect(await stores[own].getCart(from, strong())).toMatchObject({ status: 'merged' })
      }
    }
  })

  it('is in lists once the index has it, with its content of the home', async () => {
    const customerId = newCustomer()
    const cartId = await cartIn('us', customerId)
    const [listed] = (await stores.us.listCarts(customerId, { limit: 10, now: T0 })).items
    expect(listed).toMatchObject({ cartId, version: 2 })
    // An old copy of the item, which the region has in its index.
    const copy = openIn('eu', { version: 1, homes: { eu: 'eu' } })
    const late = await copy.store
    await late.createCart({ ...newCart(customerId), cartId })
    const page = await stores.eu.listCarts(customerId, { limit: 10, now: T0 })
    expect(page.items).toMatchObject([{ cartId, version: 2 }])
    await late.close()
  })
})

describe('what two regions do at once for one customer', () => {
  it('creates one cart under a key, at home where it was decided', async () => {
    for (let i = 0; i < 10; i++) {
      const cart = { ...newCart(), cartId: unmarked(`key ${i}`) }
      const made = await Promise.all(NAMES.map((own) => stores[own].createOnce?.(cart)))
      const [cartId] = new Set(made.map((each) => each?.cartId))
      expect(new Set(made.map((each) => each?.cartId)).size).toBe(1)
      expect(made.filter((each) => each?.replayed === false)).toHaveLength(1)
      expect(markOf(cartId ?? '', NAMES)).toBeDefined()
      for (const own of NAMES)
        expect(await stores[own].getCart(cartId ?? '', strong())).toMatchObject({ version: 1 })
      // And a later retry in either region finds it.
      for (const own of NAMES)
        expect(await stores[own].createOnce?.(cart)).toEqual({ cartId, version: 1, replayed: true })
    }
  })

  it('refuses a key for another customer', async () => {
    const cart = { ...newCart(), cartId: unmarked('shared') }
    await stores.us.createOnce?.(cart)
    const other = stores.eu.createOnce?.({ ...cart, customerId: newCustomer() })
    expect(await codeOf(other ?? Promise.resolve())).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('keeps the home near the shopper: each region is the home of carts that it creates', async () => {
    for (const own of NAMES) {
      const cart = { ...newCart(), cartId: unmarked(`near ${own}`) }
      const made = await stores[own].createOnce?.(cart)
      expect(markOf(made?.cartId ?? '', NAMES)).toBe(own)
      const active = await stores[own].activeCart(newCart())
      expect(markOf(active.cartId, NAMES)).toBe(own)
    }
  })

  it('makes one active cart', async () => {
    for (let i = 0; i < 10; i++) {
      const cart = newCart()
      const calls = [0, 1, 2, 3].map((call) => stores[call < 2 ? 'us' : 'eu'].activeCart(cart))
      const made = await Promise.all(calls)
      expect(new Set(made.map(({ cartId }) => cartId)).size).toBe(1)
      expect(made.filter(({ created }) => created)).toHaveLength(1)
    }
  })
})

describe('when a home changes', () => {
  it('nobody serves a paused one, and eventual reads go on', async () => {
    const cartId = await cartIn('us')
    const paused = openIn('us', { version: 2, homes: { us: PAUSED, eu: 'eu' } })
    const store = await paused.store
    expect(await codeOf(store.getCart(cartId, strong()))).toBe('HOME_UNAVAILABLE')
    expect(await codeOf(store.addLines(cartId, [line(1)], options()))).toBe('HOME_UNAVAILABLE')
    const read = { now: T0, consistency: 'eventual' } as const
    expect(await store.getCart(cartId, read)).toMatchObject({ version: 2 })
    await store.close()
  })

  it('the region that takes over serves its copies, and creates and changes carts', async () => {
    const map = { version: 2, homes: { us: 'eu', eu: 'eu' } }
    // Nothing listens there any more.
    const { its, store: opening } = openIn('eu', map, { us: 'http://127.0.0.1:1' })
    const store = await opening
    const lost = homes.us.newCartId(T0)
    await store.createCart({ ...newCart(), cartId: lost })
    await store.addLines(lost, [line(1)], options())
    expect(await store.getCart(lost, strong())).toMatchObject({ version: 2 })
    expect((await store.activeCart(newCart())).created).toBe(true)
    expect(its.homeOf(lost)).toBe('eu')
    await store.close()
  })
})

describe('when another region does not respond', () => {
  it('its carts are HOME_UNAVAILABLE, and those of this region are served', async () => {
    const silent = await listen(createServer(() => {}))
    for (const us of [silent.url, 'http://127.0.0.1:1']) {
      const its = openHomes('eu', MAP)
      const store = await openDynamoStore({
        tableName: TABLE,
        clientConfig: clientConfigFor(tables.eu.endpoint()),
        homes: {
          homes: its,
          endpoints: new Map([['us', us]]),
          timeoutMs: 100,
        },
      })
      const [there, here] = [homes.us.newCartId(T0), await cartIn('eu')]
      const calls = Array.from({ length: 5 }, () => [
        codeOf(store.getCart(there, strong())),
        codeOf(store.addLines(there, [line(1)], options())),
        codeOf(store.getCart(here, strong())),
        codeOf(store.addLines(here, [line(1)], options())),
      ]).flat()
      const codes = await Promise.all(calls)
      expect(new Set(codes.filter((_, i) => i % 4 < 2))).toEqual(new Set(['HOME_UNAVAILABLE']))
      expect(new Set(codes.filter((_, i) => i % 4 >= 2))).toEqual(new Set(['nothing failed']))
      await store.close()
    }
    await silent[Symbol.asyncDispose]()
  })
})

describe('the settings of the regions', () => {
  it('must name endpoints that do not follow from the own one', async () => {
    const opening = openDynamoStore({
      tableName: TABLE,
      clientConfig: clientConfigFor(tables.eu.endpoint()),
      homes: { homes: openHomes('eu', MAP), endpoints: new Map(), timeoutMs: 100 },
    })
    const error = await opening.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toMatch(
      /HOME_ENDPOINTS must have the endpoint of DynamoDB in us: it does not follow from 127/,
    )
  })
})

// One database for both regions, as if every copy were made at once. Carts without a mark are at home in the other region.
for (const transport of ['wire', 'sdk'] as const)
  describeCartStore(`dynamodb over ${transport}, from another region`, () =>
    openDynamoStore({
      ...tables.eu.newStore(),
      transport,
      homes: {
        homes: openHomes('eu', MAP),
        endpoints: new Map([['us', tables.eu.endpoint()]]),
        timeoutMs: 60_000,
      },
    }),
  )

it('creates carts of the contract suite at home in the other region', async () => {
  expect(homes.eu.homeOf(newCartId(T0))).toBe('us')
  expect(await create(stores.eu)).toBeDefined()
})
