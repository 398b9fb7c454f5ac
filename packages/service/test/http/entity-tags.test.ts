import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

/** A service on `store` after a restart with other prices (percent of the first ones) or another currency. */
const restarted = (store = openMemoryStore(), percent = 100, currency = 'USD') =>
  makeApp({
    store,
    env: { CURRENCY: currency },
    products: (all) =>
      all.map((product) => ({ ...product, price: Math.round((product.price * percent) / 100) })),
  })

async function cartOf(service: ReturnType<typeof makeApp>) {
  const id = await service.newCart()
  await service.add(id, 1, 2)
  return `/shopping-carts/${id}`
}

describe('the entity tag of a cart', () => {
  it('is its version, as long as the catalog has not changed', async () => {
    const service = restarted()
    const url = await cartOf(service)
    const { headers } = await service.get(url)
    expect(headers.etag).toBe('"2"')
    const same = await service.get(url, { 'if-none-match': '"2"' })
    expect([same.statusCode, same.headers.etag, same.body]).toEqual([304, '"2"', ''])
  })

  it('changes with the warnings, without a change of the cart', async () => {
    const store = openMemoryStore()
    const url = await cartOf(restarted(store))
    const dearer = restarted(store, 110)
    const changed = await dearer.get(url, { 'if-none-match': '"2"' })
    expect(changed.statusCode).toBe(200)
    expect(changed.json().items[0].warnings).toMatchObject([{ code: 'PRICE_CHANGED' }])
    const tag = String(changed.headers.etag)
    expect(tag).toMatch(/^"2-[\w-]{11}"$/)
    expect((await dearer.get(url, { 'if-none-match': tag })).statusCode).toBe(304)
    expect((await dearer.get(url, { 'if-none-match': `W/${tag}` })).statusCode).toBe(304)
    const cheaper = restarted(store, 90)
    expect((await cheaper.get(url, { 'if-none-match': tag })).statusCode).toBe(200)
    const asAtFirst = await restarted(store).get(url, { 'if-none-match': tag })
    expect([asAtFirst.statusCode, asAtFirst.headers.etag]).toEqual([200, '"2"'])
  })

  it('changes when the shop changes its currency, and then the text says why', async () => {
    const store = openMemoryStore()
    const url = await cartOf(restarted(store))
    const answer = await restarted(store, 100, 'COP').get(url, { 'if-none-match': '"2"' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().items[0].warnings).toEqual([
      { code: 'CURRENCY_CHANGED', message: 'The product is now sold in COP.' },
    ])
  })

  it.each(['"2"', '"2-k3Jx0aZ9_qw"', '"1", "2-k3Jx0aZ9_qw"'])(
    'names the version in If-Match: %s',
    async (tags) => {
      const service = restarted()
      const url = await cartOf(service)
      const put = (version: string) =>
        service.app.inject({
          method: 'PUT',
          url: `${url}/items/1`,
          headers: { 'if-match': version },
          payload: { quantity: 3 },
        })
      const refused = await put(tags.replaceAll('2', '9'))
      expect([refused.statusCode, refused.json().current_version]).toEqual([412, 2])
      const made = await put(tags)
      expect([made.statusCode, made.headers.etag]).toEqual([204, '"3"'])
    },
  )

  it('of every change is the new version alone, which no cart with warnings has', async () => {
    const store = openMemoryStore()
    const before = restarted(store)
    const [url, source] = [await cartOf(before), await cartOf(before)]
    const dearer = restarted(store, 110)
    const merged = await dearer.post(`${url}/merge`, { from_cart_id: source.split('/')[2] })
    expect(merged.headers.etag).toBe('"3"')
    expect((await dearer.get(url, { 'if-none-match': '"3"' })).statusCode).toBe(200)
    expect((await dearer.add(url.split('/')[2] ?? '', 2, 1)).headers.etag).toBe('"4"')
  })
})
