import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../../test/support/app.ts'
import { openMemoryStore } from '../../../src/store/memory/memory-store.ts'
import { lines, useListening } from '../fuzz/listening.ts'

const LIMIT = 10

/** A service for 10 requests at once whose store answers no get until it is released. */
async function stuck(env: Record<string, string> = {}) {
  const store = openMemoryStore()
  const service = makeApp({ store, env: { ADMISSION_MAX_REQUESTS: `${LIMIT}`, ...env } })
  const cartId = await service.newCart()
  const release = Promise.withResolvers<void>()
  const { getCart } = store
  const called = { gets: 0 }
  store.getCart = async (...args) => {
    called.gets += 1
    await release.promise
    return getCart(...args)
  }
  const path = `/shopping-carts/${cartId}`
  // Requests of `inject` begin when somebody waits for them.
  const fill = (count: number) =>
    Array.from({ length: count }, () => service.get(path).then((answer) => answer))
  return { ...service, store, cartId, path, fill, called, release: release.resolve }
}

describe('a service with more requests than it can handle', () => {
  it('refuses with OVERLOADED at once what cannot be served in time, and serves the rest', async () => {
    const { fill, release, called, logs } = await stuck()
    const all = fill(500)
    const refused = await Promise.race(all)
    expect([refused.statusCode, refused.json().error]).toEqual([503, 'OVERLOADED'])
    expect(refused.headers['retry-after']).toMatch(/^[1-4]$/)
    expect(called.gets).toBeLessThanOrEqual(LIMIT)
    release()
    const statuses = (await Promise.all(all)).map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(9)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect(logs.filter(({ status }) => status === 503)).toEqual([])
  })

  it('still serves checkouts, health and products, and refuses lists and searches first', async () => {
    const { get, add, cartId, post, fill, release } = await stuck({ ADMISSION_WAIT_MS: '0' })
    await add(cartId, 1, 1)
    const seven = fill(7)
    const list = await get('/shopping-carts?customer_id=7')
    expect([list.statusCode, list.json().error]).toEqual([503, 'OVERLOADED'])
    expect((await get('/products?name=a')).statusCode).toBe(503)
    const nine = [...seven, ...fill(2)]
    expect((await get(`/shopping-carts/${cartId}`)).statusCode).toBe(503)
    for (const url of ['/health', '/health/live', '/health/ready', '/metrics', '/products/1'])
      expect([url, (await get(url)).statusCode]).toEqual([url, 200])
    expect((await post(`/shopping-carts/${cartId}/checkout`)).statusCode).toBe(200)
    release()
    for (const { statusCode } of await Promise.all(nine)) expect(statusCode).toBe(200)
  })

  it('refuses before the body has arrived', async () => {
    const { dial, path, store } = await listening({
      ADMISSION_MAX_REQUESTS: '1',
      ADMISSION_WAIT_MS: '0',
    })
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    store.getCart = async () => {
      reached.resolve()
      await release.promise
      throw new Error('over')
    }
    dial()
      .resume()
      .write(lines(`GET ${path} HTTP/1.1`, 'host: x'))
    await reached.promise
    const upload = dial().setEncoding('utf8')
    upload.write(
      lines(
        `POST ${path}/items HTTP/1.1`,
        'host: x',
        'content-type: application/json',
        'content-length: 60000',
      ),
    )
    const [answer] = await once(upload, 'data')
    expect(answer).toContain('HTTP/1.1 503')
    expect(answer).toContain('OVERLOADED')
    upload.destroy()
    release.resolve()
  })

  it('does no work for a client that has disconnected', async () => {
    const { dial, path, store, app } = await listening({
      ADMISSION_MAX_REQUESTS: '1',
      ADMISSION_WAIT_MS: '10000',
    })
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const { getCart } = store
    let gets = 0
    store.getCart = async (...args) => {
      gets += 1
      reached.resolve()
      await release.promise
      return getCart(...args)
    }
    const request = lines(`GET ${path} HTTP/1.1`, 'host: x')
    const first = dial().setEncoding('utf8')
    first.write(request)
    await reached.promise
    const arrived = once(app.server, 'request')
    const second = dial()
    second.write(request)
    const [{ socket }] = await arrived
    second.resetAndDestroy()
    // Not `once` of node:events, which rejects with the reset.
    await new Promise((resolve) => socket.once('close', resolve))
    release.resolve()
    expect(String(await once(first, 'data'))).toContain('HTTP/1.1 200')
    first.destroy()
    expect(gets).toBe(1)
  })
})

describe('X-Request-Timeout', () => {
  it('keeps a request that came too late from being worked on', async () => {
    const { get, fill, path, called, release } = await stuck({ ADMISSION_WAIT_MS: '5000' })
    const nine = fill(9)
    const late = get(path, { 'x-request-timeout': '1' }).then((answer) => answer)
    await new Promise((resolve) => setTimeout(resolve, 5))
    release()
    const answer = await late
    expect([answer.statusCode, answer.json().error]).toEqual([504, 'DEADLINE_EXCEEDED'])
    await Promise.all(nine)
    expect(called.gets).toBe(9)
  })

  it('of enough time changes nothing', async () => {
    const { get } = makeApp()
    expect((await get('/products/1', { 'x-request-timeout': '600000' })).statusCode).toBe(200)
  })

  it.each(['', '0', '-1', '1.5', 'soon', '600001', '99999999999'])(
    '"%s" is refused',
    async (value) => {
      const answer = await makeApp().get('/products/1', { 'x-request-timeout': value })
      expect([answer.statusCode, answer.json().error]).toEqual([400, 'VALIDATION_FAILED'])
      expect(answer.json().detail).toContain('X-Request-Timeout')
    },
  )
})

const listening = useListening()
