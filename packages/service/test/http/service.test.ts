import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { CartError } from '../../src/cart/errors.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

describe('errors', () => {
  it('are problem documents that also carry error and message', async () => {
    const { get } = makeApp()
    const answer = await get('/shopping-carts/nonsense', { 'x-request-id': 'abc-1' })
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toEqual({
      type: 'urn:pushcart:error:cart-not-found',
      title: 'There is no such cart',
      status: 404,
      detail: 'There is no such cart',
      instance: 'urn:pushcart:request:abc-1',
      error: 'CART_NOT_FOUND',
      message: 'There is no such cart',
    })
  })

  it.each([
    ['STORE_BUSY', 503],
    ['STORE_UNAVAILABLE', 503],
    ['STORE_TIMEOUT', 503],
    ['STORE_MISCONFIGURED', 503],
  ] as const)(
    'a store that fails with %s results in %i with Retry-After and is counted in the log with its cause',
    async (code, status) => {
      const store = openMemoryStore()
      const { app, get, newCart, logs } = makeApp({ store })
      const cartId = await newCart()
      store.getCart = async () => {
        throw new CartError(code, undefined, { cause: new Error('password=hunter2 at 10.0.0.1') })
      }
      const answer = await get(`/shopping-carts/${cartId}`)
      expect([answer.statusCode, answer.json().error]).toEqual([status, code])
      expect(answer.headers['retry-after']).toMatch(/^[1-4]$/)
      expect(answer.body).not.toContain('hunter2')
      await get(`/shopping-carts/${cartId}`)
      await app.close()
      const counted = {
        requests: 2,
        reqId: expect.any(String),
        cause: 'password=hunter2 at 10.0.0.1',
      }
      expect(logs.filter(({ level }) => level === 50)).toMatchObject([
        { msg: 'requests refused', refused: { [code]: counted } },
      ])
    },
  )

  it('an unexpected failure results in 500 without internal details', async () => {
    const store = openMemoryStore()
    store.createCart = async () => {
      throw new TypeError('secret inside')
    }
    const answer = await makeApp({ store }).post('/shopping-carts', { customer_id: 1 })
    expect([answer.statusCode, answer.json().error]).toEqual([500, 'INTERNAL_ERROR'])
    expect(answer.body).not.toContain('secret')
  })
})

describe('the length of a URL', () => {
  it('is limited, well above the longest id', async () => {
    const { get } = makeApp()
    const id = (characters: number) => encodeURIComponent('🛒'.repeat(characters))
    expect((await get(`/products/${id(64)}`)).json().error).toBe('PRODUCT_NOT_FOUND')
    const refused = await get(`/products/${'x'.repeat(2001)}`)
    expect([refused.statusCode, refused.json().error]).toEqual([414, 'URI_TOO_LONG'])
  })
})

describe('logs and request ids', () => {
  it('writes one line per request, with the request id of the response', async () => {
    const { get, logs } = makeApp()
    const answer = await get('/products/1')
    expect(logs).toHaveLength(1)
    expect(logs[0]).toMatchObject({
      reqId: answer.headers['x-request-id'],
      method: 'GET',
      url: '/products/1',
      status: 200,
      ms: expect.any(Number),
    })
  })

  it('keeps a valid request id of the caller and replaces an invalid one', async () => {
    const { get } = makeApp()
    const idFor = async (id: string) =>
      (await get('/health', { 'x-request-id': id })).headers['x-request-id']
    expect(await idFor('trace-42')).toBe('trace-42')
    expect(await idFor('a b')).not.toBe('a b')
    expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('health', () => {
  it('describes the service and its database', async () => {
    const { get } = makeApp()
    expect((await get('/health')).json()).toEqual({
      status: 'ok',
      store: 'memory',
      engine: 'external',
      emulator: false,
      read_consistency: 'strong',
      products: 1000,
    })
    expect((await get('/health/live')).json()).toEqual({ status: 'ok' })
  })

  it('is ready only while the store responds; live regardless', async () => {
    const store = openMemoryStore()
    const { get } = makeApp({ store })
    expect((await get('/health/ready')).statusCode).toBe(200)
    store.ping = async () => {
      throw new CartError('STORE_UNAVAILABLE')
    }
    const answer = await get('/health/ready')
    expect([answer.statusCode, answer.json().error]).toEqual([503, 'STORE_UNAVAILABLE'])
    expect((await get('/health/live')).statusCode).toBe(200)
  })
})

describe('over a socket', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const app of opened.splice(0)) await app.close()
  })

  async function listen(env: Record<string, string> = {}) {
    const made = makeApp({ env })
    opened.push(made.app)
    await made.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = made.app.server.address() as { port: number }
    return { ...made, port }
  }

  async function exchange(port: number, bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    socket.write(bytes)
    await once(socket, 'close')
    return answer
  }

  it.each([
    ['garbage', 'hello\r\n\r\n', '400', 'BAD_REQUEST'],
    [
      'oversized headers',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      '431',
      'HEADERS_TOO_LARGE',
    ],
    [
      'two lengths',
      'POST /shopping-carts HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc',
      '400',
      'BAD_REQUEST',
    ],
  ])(
    'responds to %s with a problem document and closes the connection',
    async (_, bytes, status, code) => {
      const { port } = await listen()
      const answer = await exchange(port, bytes)
      expect(answer).toContain(`HTTP/1.1 ${status} `)
      expect(answer).toContain('content-type: application/problem+json')
      expect(answer).toContain(`"error":"${code}"`)
      const detail =
        status === '431' ? 'The headers are too large' : 'The request is not valid HTTP.'
      expect(answer).toContain(`"detail":"${detail}"`)
      const id = /x-request-id: (\S+)/.exec(answer)?.[1]
      expect(answer).toContain(`"instance":"urn:pushcart:request:${id}"`)
    },
  )

  it('closes a connection whose body never arrives', async () => {
    const { port } = await listen({ REQUEST_TIMEOUT_MS: '100' })
    const head =
      'POST /shopping-carts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{'
    expect(await exchange(port, head)).toContain('408')
  })

  it('closes connections that are still busy at the end of the drain', async () => {
    const { app, port, store } = await listen({ DRAIN_TIMEOUT_MS: '50' })
    const reached = Promise.withResolvers<void>()
    store.ping = () => {
      reached.resolve()
      return new Promise(() => {})
    }
    const stuck = connect(port, '127.0.0.1').resume()
    stuck.write('GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n')
    const half = connect(port, '127.0.0.1').resume()
    half.write('POST /shopping-carts HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{')
    await reached.promise
    const ended = Promise.all([once(stuck, 'close'), once(half, 'close')])
    await app.close()
    await ended
  })

  it('finishes requests in flight when closing and refuses those that arrive after the grace', async () => {
    const { app, port, store } = await listen({ DRAIN_GRACE_MS: '0' })
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const { createCart } = store
    store.createCart = async (cart) => {
      reached.resolve()
      await release.promise
      return createCart(cart)
    }
    const body = JSON.stringify({ customer_id: 1 })
    const first = fetch(`http://127.0.0.1:${port}/shopping-carts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    await reached.promise
    const served = once(app.server, 'connection')
    const late = connect(port, '127.0.0.1').setEncoding('utf8')
    late.write('GET /health HTTP/1.1\r\n')
    const [accepted] = await served
    while (accepted.bytesRead === 0) await new Promise((resolve) => setImmediate(resolve))
    const idle = connect(port, '127.0.0.1').resume()
    await once(app.server, 'connection')
    const graceOver = once(idle, 'close')
    const closed = app.close()
    await graceOver
    late.write('host: x\r\n\r\n')
    const [refusal] = await once(late, 'data')
    expect(refusal).toContain('HTTP/1.1 503')
    expect(refusal).toContain('SHUTTING_DOWN')
    release.resolve()
    expect((await first).status).toBe(201)
    await closed
  })
})
