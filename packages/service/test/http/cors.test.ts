import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { HAS_BROWSER, openBrowser } from '../../../../test/support/browser.ts'
import { loadConfig } from '../../src/config/config.ts'

const SHOP = 'https://shop.example'

describe('CORS_ORIGINS', () => {
  it('is off by default', async () => {
    const { headers } = await makeApp().get('/products/1', { origin: SHOP })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('marks every response to an allowed origin, refusals included', async () => {
    const { app, get } = makeApp({ env: { CORS_ORIGINS: `${SHOP}, http://localhost:5173` } })
    for (const url of ['/products/1', '/products/none', '/nothing', '/products/%zz']) {
      const { headers } = await get(url, { origin: SHOP })
      expect(headers['access-control-allow-origin'], url).toBe(SHOP)
      expect(headers.vary, url).toBe('Origin')
    }
    const refused = await get('/products/1', { origin: 'https://evil.example' })
    expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    expect(refused.headers.vary).toBe('Origin')
    await app.close()
  })

  it('answers preflights of allowed origins only', async () => {
    const { app } = makeApp({ env: { CORS_ORIGINS: SHOP } })
    const preflight = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/shopping-carts/x/items/1',
        headers: { origin, 'access-control-request-method': 'PUT' },
      })
    const { statusCode, headers } = await preflight(SHOP)
    expect([statusCode, headers['access-control-allow-methods']]).toEqual([
      204,
      'GET, HEAD, POST, PUT, PATCH, DELETE',
    ])
    const other = (await preflight('https://evil.example')).headers
    expect(other['access-control-allow-methods']).toBeUndefined()
  })

  it('needs no token for a preflight', async () => {
    const authenticate = async () => {
      throw new Error('a preflight has no token')
    }
    const { app } = makeApp({ env: { CORS_ORIGINS: '*' }, authenticate })
    const { statusCode, headers } = await app.inject({
      method: 'OPTIONS',
      url: '/shopping-carts',
      headers: { origin: SHOP, 'access-control-request-method': 'POST' },
    })
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([204, '*'])
    expect(headers.vary).toBeUndefined()
  })

  it.each(['shop.example', 'https://shop.example/', 'https://shop.example:443', '*,https://a.b'])(
    '%s is refused',
    (CORS_ORIGINS) => {
      expect(() => loadConfig({ CORS_ORIGINS })).toThrow(/^CORS_ORIGINS must be \* or origins/)
    },
  )
})

/** A page of another origin than the service. */
async function startPage() {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<p>Shop'),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe.skipIf(!HAS_BROWSER)('a page of another origin in a browser', () => {
  it('creates, changes and reads a cart and sees the headers if its origin is allowed', async () => {
    await using shop = await startPage()
    await using stranger = await startPage()
    const { app } = makeApp({ env: { CORS_ORIGINS: shop.origin } })
    const service = await app.listen({ host: '127.0.0.1', port: 0 })
    await using opened = await openBrowser()

    /** Uses a cart from a page of `origin`; returns what the page sees. */
    const useCart = async (origin: string) => {
      const page = await opened.browser.newPage()
      await page.goto(origin)
      const seen = await page.evaluate(async (api) => {
        const json = { 'content-type': 'application/json' }
        try {
          const create = () =>
            fetch(`${api}/shopping-carts`, {
              method: 'POST',
              headers: { ...json, 'idempotency-key': 'one' },
              body: '{"customer_id": 7}',
            })
          await create()
          const created = await create()
          const cart = api + created.headers.get('location')
          const set = await fetch(`${cart}/items/1`, {
            method: 'PUT',
            headers: { ...json, 'if-match': '"1"', traceparent: '00-x' },
            body: '{"quantity": 2}',
          })
          const read = await fetch(cart)
          const refused = await fetch(`${cart}/items/5`, { method: 'DELETE' })
          return {
            statuses: [created.status, set.status, read.status, refused.status],
            replayed: created.headers.get('idempotency-replayed'),
            etag: set.headers.get('etag'),
            requestId: typeof refused.headers.get('x-request-id'),
            count: ((await read.json()) as { item_count: number }).item_count,
            error: ((await refused.json()) as { error: string }).error,
          }
        } catch (error) {
          return String(error)
        }
      }, service)
      await page.close()
      return seen
    }

    expect(await useCart(shop.origin)).toEqual({
      statuses: [201, 204, 200, 404],
      replayed: 'true',
      etag: '"2"',
      requestId: 'string',
      count: 2,
      error: 'LINE_NOT_FOUND',
    })
    expect(await useCart(stranger.origin)).toMatch(/Failed to fetch/)
    await app.close()
  })
})
