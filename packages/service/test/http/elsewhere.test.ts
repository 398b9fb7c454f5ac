import { createServer, type IncomingHttpHeaders } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { listen } from '../../../../test/support/listen.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

const T0 = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

let stack = new AsyncDisposableStack()
afterEach(async () => {
  await stack.disposeAsync()
  stack = new AsyncDisposableStack()
})

const environment = (own: string, usUrl: string, more: Record<string, string> = {}) => ({
  CART_STORE_TYPE: 'dynamodb',
  DYNAMODB_TABLE_NAME: 'carts',
  HOME_REGION: own,
  HOME_REGIONS: `us=${usUrl},eu=http://127.0.0.1:1/eu`,
  // Longer than any pause of a busy machine.
  HOME_TIMEOUT_MS: '60000',
  ...more,
})

/** The service in the region `us`, listening; and one in `eu` with another store, in which nothing arrives. */
async function startRegions(more: Record<string, string> = {}, authenticate?: Authenticate) {
  const store = openMemoryStore()
  const us = makeApp({ env: environment('us', 'http://127.0.0.1:1', more), store, authenticate })
  const seen: IncomingHttpHeaders[] = []
  us.app.addHook('onRequest', (request, _reply, done) => {
    seen.push(request.headers)
    done()
  })
  const url = await us.app.listen({ port: 0 })
  stack.defer(() => us.app.close())
  const eu = makeApp({ env: environment('eu', url, more), authenticate })
  stack.defer(() => eu.app.close())
  const cartId = us.homes?.newCartId(T0) ?? ''
  const terms = { currency: { code: 'USD', digits: 2 }, now: T0, expiresAt: T0 + 1_000_000 }
  await store.createCart({ cartId, customerId: 'anna', ...terms })
  return { us, eu, url, cartId, seen }
}

type Authenticate = NonNullable<Parameters<typeof makeApp>[0]>['authenticate']

/** The region `eu`, with something else in place of the service in `us`. */
async function startBefore(url: string, more: Record<string, string> = {}) {
  const eu = makeApp({ env: environment('eu', url, { HOME_TIMEOUT_MS: '100', ...more }) })
  stack.defer(() => eu.app.close())
  const other = makeApp({ env: environment('us', url) })
  return { eu, cartId: other.homes?.newCartId(T0) ?? '' }
}

describe('a request for a cart whose home is another region, proxied', () => {
  it('is made there, and its response returned', async () => {
    const { us, eu, cartId } = await startRegions()
    const added = await eu.add(cartId, 1, 2)
    expect(added.statusCode).toBe(204)
    expect(added.headers.etag).toBe('"2"')
    const read = await eu.get(`/shopping-carts/${cartId}?consistency=strong`)
    expect(read.json()).toMatchObject({ shopping_cart_id: cartId, item_count: 2 })
    expect(read.headers['content-type']).toMatch(/^application\/json/)
    expect((await us.get(`/shopping-carts/${cartId}`)).json()).toEqual(read.json())
    const same = { 'if-none-match': '"2"' }
    expect((await eu.get(`/shopping-carts/${cartId}?consistency=strong`, same)).statusCode).toBe(
      304,
    )
  })

  it('keeps its key, condition, trace, request id and deadline', async () => {
    const { eu, cartId, seen } = await startRegions()
    const headers = {
      'idempotency-key': 'k1',
      'if-match': '"1"',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-request-id': 'mine',
      'x-request-timeout': '60000',
    }
    const send = () =>
      eu.app.inject({
        method: 'PUT',
        url: `/shopping-carts/${cartId}/items/1`,
        payload: { quantity: 3 },
        headers,
      })
    expect((await send()).headers).toMatchObject({ etag: '"2"', 'x-request-id': 'mine' })
    const again = await send()
    expect(again.headers).toMatchObject({ etag: '"2"', 'idempotency-replayed': 'true' })
    const { 'x-request-timeout': timeout, ...others } = headers
    expect(seen.at(-1)).toMatchObject({ ...others, 'x-pushcart-hop': 'eu' })
    expect(Number(seen.at(-1)?.['x-request-timeout'])).toBeLessThanOrEqual(Number(timeout))
  })

  it('gets the refusal of its home', async () => {
    const { eu, cartId } = await startRegions()
    const removed = await eu.app.inject({
      method: 'DELETE',
      url: `/shopping-carts/${cartId}/items/1`,
    })
    expect(removed.statusCode).toBe(404)
    expect(removed.json().error).toBe('LINE_NOT_FOUND')
    expect(removed.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  it('is authenticated in both regions, by its own token', async () => {
    const authenticate: Authenticate = async (authorization) => ({
      role: 'customer',
      customerId: authorization?.replace('Bearer ', '') ?? 'nobody',
    })
    const { eu, cartId, seen } = await startRegions({}, authenticate)
    const add = (token: string) =>
      eu.app.inject({
        method: 'POST',
        url: `/shopping-carts/${cartId}/items`,
        payload: { product_id: 1, quantity: 1 },
        headers: { authorization: `Bearer ${token}` },
      })
    expect((await add('anna')).statusCode).toBe(204)
    expect((await add('ben')).json().error).toBe('CART_NOT_FOUND')
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer anna', 'Bearer ben'])
  })

  it('is not sent on if it is invalid', async () => {
    const { eu, cartId, seen } = await startRegions()
    expect((await eu.add(cartId, 1, 0)).json().error).toBe('VALIDATION_FAILED')
    expect(seen).toEqual([])
  })

  it('is sent on once: two regions that disagree refuse it', async () => {
    const { us, eu, url, cartId } = await startRegions()
    const disagreeing = environment('us', 'http://127.0.0.1:1', {
      HOME_REGIONS: `us=eu,eu=${url}`,
    })
    const confused = makeApp({ env: disagreeing })
    stack.defer(() => confused.app.close())
    const confusedUrl = await confused.app.listen({ port: 0 })
    const before = makeApp({ env: environment('eu', confusedUrl) })
    stack.defer(() => before.app.close())
    const added = await before.add(cartId, 1, 1)
    expect(added.statusCode).toBe(503)
    expect(added.json()).toMatchObject({
      error: 'HOME_UNAVAILABLE',
      detail: 'The regions do not agree about the home of the cart: us takes it for eu.',
    })
    expect((await us.get(`/shopping-carts/${cartId}`)).json()).toMatchObject({ version: 1 })
    expect(eu.homes?.homeOf(cartId)).toBe('us')
  })
})

describe('a home that cannot serve the request', () => {
  const expectUnavailable = (response: Awaited<ReturnType<ReturnType<typeof makeApp>['add']>>) => {
    expect(response.statusCode).toBe(503)
    expect(response.json().error).toBe('HOME_UNAVAILABLE')
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
  }

  it('is reported with 503 if nothing listens there', async () => {
    const { eu, cartId } = await startBefore('http://127.0.0.1:1')
    for (let i = 0; i < 5; i++) expectUnavailable(await eu.add(cartId, 1, 1))
    // Its own carts are served as before.
    const own = await eu.newCart()
    expect((await eu.add(own, 1, 1)).statusCode).toBe(204)
  })

  it('is reported with 503 if it does not respond', async () => {
    const silent = stack.use(await listen(createServer(() => {})))
    const { eu, cartId } = await startBefore(silent.url)
    expectUnavailable(await eu.add(cartId, 1, 1))
  })

  it.each([
    [200, 'text/html', '<h1>Welcome</h1>'],
    [502, 'text/html', '<h1>Bad gateway</h1>'],
    [404, 'text/plain', 'nothing here'],
    [301, 'text/plain', ''],
  ])('is reported with 503 if something else responds with %i', async (status, type, body) => {
    const server = createServer((_request, response) =>
      response.writeHead(status, { 'content-type': type, location: '/' }).end(body),
    )
    const { eu, cartId } = await startBefore(stack.use(await listen(server)).url)
    expectUnavailable(await eu.add(cartId, 1, 1))
  })
})

describe('a request for a cart whose home is another region, redirected', () => {
  it('gets 307 with the address of the home, and nothing is changed', async () => {
    const { us, eu, url, cartId } = await startRegions({ HOME_REQUESTS: 'redirect' })
    const added = await eu.add(cartId, 1, 2)
    expect(added.statusCode).toBe(307)
    expect(added.headers.location).toBe(`${url}/shopping-carts/${cartId}/items`)
    expect(added.headers['cache-control']).toBe('no-store')
    const read = await eu.get(`/shopping-carts/${cartId}?consistency=strong`)
    expect(read.headers.location).toBe(`${url}/shopping-carts/${cartId}?consistency=strong`)
    expect((await us.get(`/shopping-carts/${cartId}`)).json()).toMatchObject({ version: 1 })
  })

  it('is followed by fetch, with its method and body', async () => {
    const { eu, cartId } = await startRegions({ HOME_REQUESTS: 'redirect' })
    const euUrl = await eu.app.listen({ port: 0 })
    const added = await fetch(`${euUrl}/shopping-carts/${cartId}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ product_id: 1, quantity: 2 }),
    })
    expect([added.status, added.headers.get('etag')]).toEqual([204, '"2"'])
  })
})

describe('what needs no home', () => {
  it('is served here: eventual reads, lists, creates, products', async () => {
    const { eu, seen } = await startRegions()
    const cartId = await eu.newCart('ben')
    expect(eu.homes?.homeOf(cartId)).toBe('eu')
    expect((await eu.get('/shopping-carts?customer_id=ben')).json().carts).toHaveLength(1)
    expect((await eu.get(`/shopping-carts/${cartId}`)).statusCode).toBe(200)
    expect((await eu.get('/products/1')).statusCode).toBe(200)
    expect((await eu.get('/shopping-carts/42')).statusCode).toBe(404)
    expect(seen).toEqual([])
  })

  it('shows its homes at /health, and nothing of addresses', async () => {
    const { eu } = await startRegions()
    expect((await eu.get('/health')).json().home).toEqual({
      region: 'eu',
      version: 1,
      regions: { us: 'us', eu: 'eu' },
    })
  })
})
