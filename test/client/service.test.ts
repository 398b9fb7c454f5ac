import { randomUUID } from 'node:crypto'
import { PushcartClient, type PushcartError } from '@pushcart/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Reply, startFakeServer } from '../../packages/client/test/fake-server.ts'
import type { Product } from '../../packages/service/src/catalog/product.ts'
import { openMemoryStore } from '../../packages/service/src/store/memory/memory-store.ts'
import { makeApp } from '../support/app.ts'

/** Products whose ids look alike; the other products have the ids 1 to 1000. */
const ALIKE = ['42', '0042', '110248495921238986420', '"42"', '042']
const withTextId = (product: Product, i: number) => ({ ...product, productId: ALIKE[i] ?? '' })

const made = makeApp({
  env: { LOG_LEVEL: 'silent' },
  products: (all) => [...all, ...all.slice(0, ALIKE.length).map(withTextId)],
})
let url: string
let client: PushcartClient
beforeAll(async () => {
  url = await made.app.listen({ host: '127.0.0.1', port: 0 })
  client = new PushcartClient({ baseUrl: url })
})
afterAll(() => made.app.close())

/** Passes a request on to the service, and its answer back unless it is to be lost. */
const relay =
  (lose: 'the answer' | 'nothing'): Reply =>
  async (response, { method, url: path, headers, body }) => {
    const { host: _, connection: __, 'content-length': ___, ...kept } = headers
    const answer = await fetch(url + path, {
      method,
      headers: kept as Record<string, string>,
      ...(body !== '' && { body }),
    })
    const text = await answer.text()
    if (lose === 'the answer') return response.socket?.destroy()
    const { 'content-length': ____, ...passed } = Object.fromEntries(answer.headers)
    return response.writeHead(answer.status, passed).end(text)
  }

async function refusalOf(promise: Promise<unknown>) {
  const { code, status, problem } = (await promise.catch(
    (error: unknown) => error,
  )) as PushcartError
  return { code, status, problem }
}

/** A cart with 2 of product 1. */
async function withCart(customerId: number | string = 7): Promise<string> {
  const { shopping_cart_id: id } = await client.createCart(customerId)
  await client.addItem(id, 1, 2)
  return id
}

describe('the client on the real service', () => {
  it.each([42, ...ALIKE])('means the customer and product %j as the service does', async (id) => {
    const cartId = await withCart(id)
    await client.setQuantity(cartId, id, 3)
    expect((await client.getCart(cartId)).items.map(({ product_id }) => product_id)).toContain(id)
    await client.removeItem(cartId, id)
    const cart = await client.getCart(cartId)
    expect(cart.customer_id).toBe(id)
    expect((await client.listCarts(id)).carts).toEqual([cart])
    expect((await client.getProduct(id)).product_id).toBe(id)
    await client.checkout(cartId)
    const { orders } = await client.listOrders(id)
    expect(orders.map(({ order_id }) => order_id)).toEqual([cartId])
  })

  it('leads a cart from its creation to the order', async () => {
    const created = await client.createCart('ann')
    const id = created.shopping_cart_id
    expect(created).toMatchObject({ version: 1, replayed: false })
    expect(await client.addItem(id, 1, 2)).toEqual({ version: 2, replayed: false })
    const items = [
      { product_id: 1, quantity: 1 },
      { product_id: 2, quantity: 4 },
    ]
    expect(await client.addItems(id, items)).toMatchObject({ version: 3 })
    expect(await client.setQuantity(id, 3, 5, { ifMatch: 3 })).toMatchObject({ version: 4 })
    expect(await client.removeItem(id, 2, { ifMatch: 4 })).toMatchObject({ version: 5 })

    const cart = await client.getCart(id)
    expect(cart).toMatchObject({ customer_id: 'ann', status: 'active', version: 5, item_count: 8 })
    expect(await client.getCart(id, { ifNoneMatch: 5 })).toBeNull()
    expect(await client.getCart(id, { ifNoneMatch: 4 })).toEqual(cart)

    const ordered = await client.checkout(id, { ifMatch: 5 })
    expect(ordered).toMatchObject({ order_id: id, version: 6 })
    expect(await client.getOrder(ordered.order_id)).toMatchObject({ items: cart.items })
    expect((await client.listOrders('ann')).orders.map((order) => order.order_id)).toEqual([id])
  })

  it('recognises a cart with warnings only by the cart itself, and not after its prices changed', async () => {
    const store = openMemoryStore()
    const open = async (percent: number) => {
      const { app } = makeApp({
        store,
        env: { LOG_LEVEL: 'silent' },
        products: (all) => all.map((each) => ({ ...each, price: each.price + percent })),
      })
      const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 })
      return { app, shop: new PushcartClient({ baseUrl }) }
    }
    const [first, dearer] = [await open(0), await open(10)]
    const { shopping_cart_id: id } = await first.shop.createCart(7)
    await first.shop.addItem(id, 1, 2)
    const plain = await first.shop.getCart(id)
    expect(await first.shop.getCart(id, { ifNoneMatch: plain })).toBeNull()
    const warned = await dearer.shop.getCart(id, { ifNoneMatch: plain })
    expect(warned?.items[0]?.warnings).toHaveLength(1)
    expect(await dearer.shop.getCart(id, { ifNoneMatch: warned ?? plain })).toBeNull()
    expect(await dearer.shop.getCart(id, { ifNoneMatch: 2 })).toEqual(warned)
    expect(await first.shop.getCart(id, { ifNoneMatch: 2 })).toBeNull()
    for (const { app } of [first, dearer]) await app.close()
  })

  it('empties and deletes', async () => {
    const id = await withCart()
    expect(await client.emptyCart(id, { ifMatch: 2 })).toMatchObject({ version: 3 })
    expect((await client.getCart(id)).items).toEqual([])
    expect(await client.deleteCart(id, { ifMatch: 3 })).toMatchObject({ version: 4 })
    expect(await refusalOf(client.getCart(id))).toMatchObject({
      code: 'CART_NOT_FOUND',
      status: 404,
    })
  })

  it('merges, again without a second effect', async () => {
    const [into, guest] = [await withCart(), await withCart('guest-1')]
    const merge = { from_cart_id: guest, strategy: 'sum' } as const
    const cart = await client.merge(into, merge)
    expect(cart).toMatchObject({ shopping_cart_id: into, item_count: 4, version: 3 })
    expect(await client.merge(into, { from_cart_id: guest })).toMatchObject({ item_count: 4 })
    expect(await client.getCart(guest)).toMatchObject({ status: 'merged', items: [] })
  })

  it('merges again after the target was deleted', async () => {
    const [into, guest] = [await withCart(), await withCart('guest-1')]
    const idempotencyKey = randomUUID()
    await client.merge(into, { from_cart_id: guest }, { idempotencyKey })
    await client.deleteCart(into)
    expect(await client.merge(into, { from_cart_id: guest }, { idempotencyKey })).toBeNull()
  })

  it('walks over all pages of carts and orders', async () => {
    const ids = [await withCart('bea'), await withCart('bea'), await withCart('bea')]
    for (const id of ids) await client.checkout(id)
    const carts = []
    for await (const cart of client.eachCart('bea', { limit: 2 })) carts.push(cart.shopping_cart_id)
    expect(carts.sort()).toEqual([...ids].sort())
    const orders = []
    for await (const order of client.eachOrder('bea', { limit: 1 })) orders.push(order.order_id)
    expect(orders.sort()).toEqual([...ids].sort())
    for await (const _none of client.eachCart('nobody')) expect.unreachable()
  })

  it('finds products, and says what stands behind the service', async () => {
    const product = await client.getProduct(3)
    expect(product).toMatchObject({ product_id: 3, currency: 'USD' })
    const { products, next_cursor } = await client.searchProducts(
      { category: product.category },
      { limit: 1 },
    )
    expect(products[0]?.category).toBe(product.category)
    const next = await client.searchProducts(
      { category: product.category },
      { limit: 1, cursor: next_cursor ?? '' },
    )
    expect(next.products[0]?.product_id).not.toBe(products[0]?.product_id)
    expect(await client.health()).toMatchObject({ status: 'ok', store: 'memory' })
  })

  it('passes on what a refusal says', async () => {
    const id = await withCart()
    const refused = await refusalOf(client.emptyCart(id, { ifMatch: 1 }))
    expect(refused).toMatchObject({ code: 'PRECONDITION_FAILED', status: 412 })
    expect(refused.problem?.current_version).toBe(2)
    const idempotencyKey = randomUUID()
    await client.addItem(id, 1, 1, { idempotencyKey })
    expect(await refusalOf(client.addItem(id, 1, 2, { idempotencyKey }))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      status: 422,
    })
  })
})

describe('a change whose answer is lost', () => {
  it('counts once, though it reached the service three times', async () => {
    const id = await withCart()
    await using server = await startFakeServer(
      relay('the answer'),
      relay('the answer'),
      relay('nothing'),
    )
    const behind = new PushcartClient({ baseUrl: server.url })
    expect(await behind.addItem(id, 1, 5)).toEqual({ version: 3, replayed: true })
    expect(server.seen).toHaveLength(3)
    expect(await client.getCart(id)).toMatchObject({ version: 3, item_count: 2 + 5 })
  })

  it.each<[string, (through: PushcartClient, id: string) => Promise<unknown>]>([
    ['setQuantity', (through, id) => through.setQuantity(id, 1, 9, { ifMatch: 2 })],
    ['removeItem', (through, id) => through.removeItem(id, 1, { ifMatch: 2 })],
    ['emptyCart', (through, id) => through.emptyCart(id, { ifMatch: 2 })],
    ['deleteCart', (through, id) => through.deleteCart(id, { ifMatch: 2 })],
    ['checkout', (through, id) => through.checkout(id, { ifMatch: 2 })],
  ])('gets its first answer from %s', async (_name, change) => {
    const id = await withCart()
    await using server = await startFakeServer(relay('the answer'), relay('nothing'))
    const behind = new PushcartClient({ baseUrl: server.url })
    expect(await change(behind, id)).toMatchObject({ version: 3, replayed: true })
  })

  it('makes one cart', async () => {
    await using server = await startFakeServer(relay('the answer'), relay('nothing'))
    const behind = new PushcartClient({ baseUrl: server.url })
    const { shopping_cart_id: id } = await behind.createCart('cy')
    expect((await client.listCarts('cy')).carts.map((cart) => cart.shopping_cart_id)).toEqual([id])
  })
})
