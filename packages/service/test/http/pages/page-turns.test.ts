import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../../test/support/app.ts'

const LONGEST = '/shopping-carts?customer_id=1&limit=100'

/** A service whose lists of carts wait at the store until they are released. */
function withHeldLists() {
  const made = makeApp({})
  const { listCarts } = made.store
  const held: (() => void)[] = []
  let arrived = Promise.withResolvers<void>()
  made.store.listCarts = async (...args) => {
    await new Promise<void>((resolve) => {
      held.push(resolve)
      arrived.resolve()
    })
    return listCarts(...args)
  }
  return {
    ...made,
    held,
    async reached(count: number) {
      while (held.length < count) {
        await arrived.promise
        arrived = Promise.withResolvers()
      }
    },
  }
}

describe('pages of lists', () => {
  it('arrive whole when they are long', async () => {
    const { get, newCart, post } = makeApp({})
    const items = Array.from({ length: 100 }, (_, at) => ({ product_id: at + 1, quantity: 1 }))
    const cartIds = await Promise.all(Array.from({ length: 10 }, () => newCart(1)))
    for (const cartId of cartIds) await post(`/shopping-carts/${cartId}/items`, { items })
    const { body, headers, json } = await get(LONGEST)
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body))
    expect(Buffer.byteLength(body)).toBeGreaterThan(2 * 64 * 1024)
    const page = json()
    expect(page.carts.map((cart: { items: unknown[] }) => cart.items.length)).toEqual(
      cartIds.map(() => 100),
    )
    expect(page.next_cursor).toBeNull()
  })

  it('are read from the store two of the maximum size at a time, and others are refused after a wait', async () => {
    const { get, held, reached, newCart } = withHeldLists()
    const path = `/shopping-carts/${await newCart()}`
    const first = [get(LONGEST), get(LONGEST)]
    await reached(2)
    const refused = await get(LONGEST)
    expect([refused.statusCode, refused.json().error]).toEqual([503, 'OVERLOADED'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(held).toHaveLength(2)
    expect((await get(path)).statusCode).toBe(200)
    for (const release of held.splice(0)) release()
    for (const answer of await Promise.all(first)) expect(answer.statusCode).toBe(200)
    const later = get(LONGEST)
    await reached(1)
    held.pop()?.()
    expect((await later).statusCode).toBe(200)
  })

  it('of the default size have more turns, and a failed one gives its turn back', async () => {
    const { get, held, reached, store } = withHeldLists()
    const ten = Array.from({ length: 10 }, () => get('/shopping-carts?customer_id=1'))
    await reached(10)
    for (const release of held.splice(0)) release()
    await Promise.all(ten)
    store.listCarts = async () => {
      throw new Error('on purpose')
    }
    for (let turn = 0; turn < 5; turn++) expect((await get(LONGEST)).statusCode).toBe(500)
  })
})
