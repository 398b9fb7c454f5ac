import { once } from 'node:events'
import { connect } from 'node:net'
import { Agent } from 'undici'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { CartError } from '../../src/cart/errors.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { countOnly } from '../../src/observe/observe.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

const REQUESTS = 'pushcart_http_request_duration_seconds_count'
const OPERATIONS = 'pushcart_store_operation_duration_seconds_count'

/** The value of the sample with these labels, in any order. */
function sample(text: string, name: string, labels: Record<string, string> = {}): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  const line = text
    .split('\n')
    .find((one) => one.split(/[ {]/)[0] === name && wanted.every((label) => one.includes(label)))
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')))
}

describe('GET /metrics', () => {
  it('counts requests by method, route pattern and status, never by path', async () => {
    const { get, newCart, add } = makeApp()
    const cartId = await newCart()
    await add(cartId, 1, 2)
    await get(`/shopping-carts/${cartId}`)
    await get(`/shopping-carts/${cartId}`)
    await get('/shopping-carts/nonsense')
    await get(`/${'secret'}`)
    const answer = await get('/metrics')
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const count = (method: string, route: string, status: string) =>
      sample(answer.body, REQUESTS, { method, route, status })
    expect(count('POST', '/shopping-carts', '201')).toBe(1)
    expect(count('POST', '/shopping-carts/:id/items', '204')).toBe(1)
    expect(count('GET', '/shopping-carts/:id', '200')).toBe(2)
    expect(count('GET', '/shopping-carts/:id', '404')).toBe(1)
    expect(count('GET', 'none', '404')).toBe(1)
    expect(answer.body).not.toContain('secret')
    expect(answer.body).not.toContain(cartId)
    expect(sample(answer.body, 'pushcart_http_requests_in_flight')).toBe(1)
  })

  it('counts store operations by outcome', async () => {
    const store = openMemoryStore()
    const { get, newCart } = makeApp({ store })
    const cartId = await newCart()
    await get(`/shopping-carts/${cartId}`)
    await get(`/shopping-carts/${cartId.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`)
    store.getCart = async () => {
      throw new CartError('STORE_BUSY')
    }
    await get(`/shopping-carts/${cartId}`)
    store.getCart = async () => {
      throw new TypeError('no CartError')
    }
    await get(`/shopping-carts/${cartId}`)
    const { body } = await get('/metrics')
    const count = (operation: string, outcome: string) =>
      sample(body, OPERATIONS, { operation, outcome })
    expect(count('createCart', 'ok')).toBe(1)
    expect(count('getCart', 'ok')).toBe(1)
    expect(count('getCart', 'CART_NOT_FOUND')).toBe(1)
    expect(count('getCart', 'STORE_BUSY')).toBe(1)
    expect(count('getCart', 'INTERNAL_ERROR')).toBe(1)
  })

  it('belongs to one app', async () => {
    const [one, other] = [makeApp(), makeApp()]
    await one.newCart()
    const { body } = await other.get('/metrics')
    expect(sample(body, OPERATIONS, { operation: 'createCart' })).toBe(0)
  })

  it('counts a request whose client disconnected as 499 and no longer as in flight', async () => {
    const store = openMemoryStore()
    const { app, get, newCart } = makeApp({ store })
    const cartId = await newCart()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const { getCart } = store
    store.getCart = async (...args) => {
      reached.resolve()
      await release.promise
      return getCart(...args)
    }
    const closed = Promise.withResolvers<void>()
    app.server.once('connection', (socket) => socket.once('close', () => closed.resolve()))
    const client = connect(port, '127.0.0.1')
    await once(client, 'connect')
    client.write(`GET /shopping-carts/${cartId} HTTP/1.1\r\nhost: x\r\n\r\n`)
    await reached.promise
    client.resetAndDestroy()
    await closed.promise
    release.resolve()
    const { body } = await get('/metrics')
    expect(sample(body, REQUESTS, { route: '/shopping-carts/:id', status: '499' })).toBe(1)
    expect(sample(body, 'pushcart_http_requests_in_flight')).toBe(1)
    await app.close()
  })

  it('counts responses during shutdown', async () => {
    const observe = countOnly()
    const store = openMemoryStore()
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<undefined>()
    store.ping = () => {
      reached.resolve()
      return release.promise
    }
    const { app } = makeApp({ store, observe, env: { DRAIN_GRACE_MS: '3000' } })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    await (await fetch(`${url}/products/1`)).arrayBuffer()
    const ready = new Agent().request({ origin: url, path: '/health/ready', method: 'GET' })
    await reached.promise
    const closed = app.close()
    // Over the connection that is open.
    const served = await fetch(`${url}/products/1`)
    release.resolve(undefined)
    await ready
    await closed
    const text = await observe.exposition()
    expect([served.status, served.headers.get('connection')]).toEqual([200, 'close'])
    expect(sample(text, REQUESTS, { route: '/products/:product_id', status: '200' })).toBe(2)
    expect(sample(text, REQUESTS, { route: '/health/ready', status: '200' })).toBe(1)
  })
})

describe('the events of a store', () => {
  it('are counted, and the pool is read at every scrape', async () => {
    const { registry, storeEvents } = createMetrics()
    storeEvents.retried('conflict')
    storeEvents.retried('conflict')
    storeEvents.conflicted()
    storeEvents.throttled()
    storeEvents.consumed({ read: 0.5 })
    storeEvents.consumed({ read: 0.5, write: 2 })
    const use = { active: 1, idle: 2, waiting: 3, limit: 10 }
    storeEvents.poolOpened(() => use)
    const first = await registry.metrics()
    expect(sample(first, 'pushcart_store_retries_total', { reason: 'conflict' })).toBe(2)
    expect(first).toContain('pushcart_store_retries_total{reason="throttle"} 0')
    expect(sample(first, 'pushcart_store_conflicts_total')).toBe(1)
    expect(sample(first, 'pushcart_store_throttles_total')).toBe(1)
    const units = 'pushcart_dynamodb_consumed_capacity_units_total'
    expect(sample(first, units, { kind: 'read' })).toBe(1)
    expect(sample(first, units, { kind: 'write' })).toBe(2)
    expect(sample(first, 'pushcart_store_pool', { state: 'waiting' })).toBe(3)
    expect(first).not.toContain('state="limit"')
    expect(sample(first, 'pushcart_store_pool_limit')).toBe(10)
    use.waiting = 0
    expect(sample(await registry.metrics(), 'pushcart_store_pool', { state: 'waiting' })).toBe(0)
  })
})

describe('a service', () => {
  it('also reports its process and its event loop', async () => {
    const text = await createMetrics({ process: true }).registry.metrics()
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_gc_duration_seconds',
    ])
      expect(text).toContain(`# TYPE ${name} `)
  })
})

it('scrapes in quick succession give no impossible event-loop lag', async () => {
  const { registry } = createMetrics({ process: true })
  await registry.metrics()
  for (let i = 0; i < 3; i++) {
    const text = await registry.metrics()
    const lag = [...text.matchAll(/^nodejs_eventloop_lag_\w+ (.*)$/gm)].map(([, value]) =>
      Number(value),
    )
    expect(lag.length).toBeGreaterThan(6)
    expect(lag.filter((seconds) => !(seconds >= 0 && seconds < 60))).toEqual([])
  }
})
