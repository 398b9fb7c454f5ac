import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../../test/support/dynamodb.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { ONE_UPDATE_LINES } from '../../../src/store/dynamodb/updates.ts'
import { codeOf, create, line, newCustomer, options, strong, T0 } from '../../contract/fixtures.ts'

const dynamo = useDynamo()
let store: CartStore
beforeAll(async () => {
  store = await openDynamoStore(dynamo.newStore())
})
afterAll(() => store?.close())

const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const lines = (n: number) => range(n).map((i) => line(i + 1))

describe('products named like members of JavaScript objects', () => {
  it('are kept, alone and together', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'p:', 'hasOwnProperty']
    const cartId = await create(store)
    for (const name of names) await store.addLines(cartId, [line(name, 2)], options())
    await store.addLines(
      cartId,
      names.map((name) => line(name)),
      options(),
    )
    const cart = await store.getCart(cartId, strong())
    expect(cart.lines.map((each) => [each.productId, each.quantity])).toEqual(
      [...names].sort().map((name) => [name, 3]),
    )
  })
})

describe('adds of several lines', () => {
  it.each([
    [20, 3],
    [20, ONE_UPDATE_LINES],
    [8, ONE_UPDATE_LINES + 1],
    [8, 60],
  ])('%i concurrent adds of %i lines each: none is lost', async (clients, count) => {
    const cartId = await create(store)
    const changed = await Promise.all(
      range(clients).map(() => store.addLines(cartId, lines(count), options())),
    )
    expect(new Set(changed.map(({ version }) => version)).size).toBe(clients)
    const cart = await store.getCart(cartId, strong())
    expect(cart.version).toBe(1 + clients)
    expect(cart.lines.map(({ quantity }) => quantity)).toEqual(range(count).map(() => clients))
  })

  it('can fill a cart completely when only some products are new', async () => {
    const cartId = await create(store)
    const three = options(T0, { maxLines: 3 })
    await store.addLines(cartId, [line(1), line(2)], three)
    expect(await store.addLines(cartId, [line(1), line(2), line(3)], three)).toMatchObject({
      version: 3,
    })
    expect(await codeOf(store.addLines(cartId, [line(1), line(4)], three))).toBe('CART_LINES_LIMIT')
    expect((await store.getCart(cartId, strong())).lines).toHaveLength(3)
  })

  it('keep the name, price and time of existing lines', async () => {
    const cartId = await create(store)
    await store.addLines(cartId, [line(1, 1, 500)], options())
    const before = (await store.getCart(cartId, strong())).lines[0]
    const again = lines(ONE_UPDATE_LINES + 5).map((each) => ({ ...each, productName: 'New' }))
    await store.addLines(cartId, again, options(T0 + 1))
    const after = (await store.getCart(cartId, strong())).lines[0]
    expect(after).toEqual({ ...before, quantity: 2, updatedAt: T0 + 1 })
  })

  it('fail after a checkout between them', async () => {
    const cartId = await create(store)
    await store.addLines(cartId, lines(40), options())
    const outcomes = await Promise.all([
      ...range(6).map(() => codeOf(store.addLines(cartId, lines(40), options()))),
      codeOf(store.checkout(cartId, options())),
    ])
    expect(outcomes.pop()).toBe('nothing failed')
    const made = outcomes.filter((code) => code === 'nothing failed').length
    expect(outcomes.filter((code) => code === 'CART_NOT_ACTIVE')).toHaveLength(6 - made)
    const order = await store.getOrder(cartId)
    expect(order.version).toBe(3 + made)
    expect(order.lines.every(({ quantity }) => quantity === 1 + made)).toBe(true)
  })
})

describe('limits', () => {
  it('hold for a product that is new to the cart', async () => {
    const cartId = await create(store)
    const five = options(T0, { maxLineQuantity: 5, maxUnits: 7 })
    expect(await codeOf(store.addLines(cartId, [line(1, 6)], five))).toBe('LINE_QUANTITY_LIMIT')
    const two = [line(1, 1), line(2, 6)]
    expect(await codeOf(store.addLines(cartId, two, five))).toBe('LINE_QUANTITY_LIMIT')
    const both = [line(1, 5), line(2, 5)]
    expect(await codeOf(store.addLines(cartId, both, five))).toBe('CART_UNITS_LIMIT')
    expect((await store.getCart(cartId, strong())).version).toBe(1)
  })
})

describe('an item larger than DynamoDB allows', () => {
  const huge = (productId: number) => ({ ...line(productId), productName: 'x'.repeat(150_000) })

  it('is reported as a limit and changes nothing', async () => {
    const cartId = await create(store)
    await store.addLines(cartId, [huge(1), huge(2)], options())
    expect(await codeOf(store.addLines(cartId, [huge(3)], options()))).toBe('CART_LINES_LIMIT')
    expect(await codeOf(store.setLine(cartId, huge(3), options()))).toBe('CART_LINES_LIMIT')
    expect(await codeOf(store.addLines(cartId, [huge(3), ...lines(30).slice(3)], options()))).toBe(
      'CART_LINES_LIMIT',
    )
    expect((await store.getCart(cartId, strong())).version).toBe(2)
  })
})

describe('lists', () => {
  it('skip expired carts without making pages short', async () => {
    const customer = newCustomer()
    const kept: string[] = []
    for (const i of range(12)) {
      const cartId = await create(store, customer, T0 + i)
      if (i % 4 === 0) kept.unshift(cartId)
    }
    const late = T0 + 3_000_000
    for (const cartId of kept) await store.addLines(cartId, [line(1)], options(late))
    const now = T0 + 3_700_000
    const first = await store.listCarts(customer, { limit: 2, now })
    expect(first.items.map(({ cartId }) => cartId)).toEqual(kept.slice(0, 2))
    const second = await store.listCarts(customer, { limit: 2, now, cursor: first.cursor ?? '' })
    expect(second.items.map(({ cartId }) => cartId)).toEqual(kept.slice(2))
    expect(second.cursor).toBeNull()
  })

  it('can have more than one batch, also of carts that are too large for one response', async () => {
    const customer = newCustomer()
    const cartIds = await Promise.all(range(130).map((i) => create(store, customer, T0 + i)))
    // 25 KB each: 130 carts exceed the 1.4 MB above which dynalite returns keys unprocessed.
    const bulky = { ...line(1), productName: 'x'.repeat(25_000) }
    await Promise.all(cartIds.map((cartId) => store.addLines(cartId, [bulky], options())))
    const page = await store.listCarts(customer, { limit: 120, now: T0 })
    expect(page.items.map(({ cartId }) => cartId)).toEqual(cartIds.toReversed().slice(0, 120))
    const rest = await store.listCarts(customer, { limit: 120, now: T0, cursor: page.cursor ?? '' })
    expect(rest.items).toHaveLength(10)
    expect(rest.cursor).toBeNull()
  })
})

describe('closing', () => {
  it('waits for calls in flight and refuses later ones', async () => {
    const closing = await openDynamoStore(dynamo.newStore())
    const cartId = await create(closing)
    let done = 0
    const calls = range(20).map(async () => {
      await closing.addLines(cartId, [line(1)], options())
      done += 1
    })
    await closing.close()
    await setImmediate()
    expect(done).toBe(20)
    await Promise.all(calls)
    expect(await codeOf(closing.getCart(cartId, strong()))).toBe('STORE_UNAVAILABLE')
  })
})
