import { type AddressInfo, createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import {
  answering,
  dropping,
  type FakeOptions,
  hangingUpMidBody,
  startFakeCartService,
  stayingSilent,
} from '../../../../test/support/fake-cart-service.ts'
import { type CartClient, openCartClient } from '../../src/cart-api/cart-client.ts'
import type { ExchangeOptions } from '../../src/cart-api/exchange.ts'

async function withFake<T>(
  fake: FakeOptions,
  use: (context: {
    client: CartClient
    service: Awaited<ReturnType<typeof startFakeCartService>>
  }) => Promise<T>,
  options: ExchangeOptions = {},
): Promise<T> {
  await using service = await startFakeCartService(fake)
  const client = openCartClient(`${service.url}/`, options)
  try {
    return await use({ client, service })
  } finally {
    await client.close()
  }
}

describe('the client of the cart API', () => {
  it('creates, adds and gets as the API says', async () => {
    await withFake({}, async ({ client, service }) => {
      const before = Date.now()
      const created = await client.send('create', { customer: 7 })
      expect(created).toMatchObject({ status: 201, cartId: 'cart 1' })
      expect(created.error).toBeUndefined()
      expect(created.startedAt).toBeGreaterThanOrEqual(before)
      expect(created.ms).toBeGreaterThan(0)
      expect(await client.send('add', { cart: 'cart 1', product: 5, quantity: 2 })).toMatchObject({
        status: 204,
        body: undefined,
      })
      const got = await client.send('get', { cart: 'cart 1' })
      expect(got).toMatchObject({ status: 200, lines: [['5', 2]] })
      expect(service.requests).toEqual([
        { method: 'POST', path: '/shopping-carts', body: { customer_id: 7 } },
        {
          method: 'POST',
          path: '/shopping-carts/cart%201/items',
          body: { product_id: 5, quantity: 2 },
        },
        { method: 'GET', path: '/shopping-carts/cart%201', body: {} },
      ])
    })
  })

  it('keeps the path prefix of the host', async () => {
    await using service = await startFakeCartService()
    const client = openCartClient(`${service.url}/shop/`)
    await client.send('create', { customer: 1 })
    await client.close()
    expect(service.requests[0]?.path).toBe('/shop/shopping-carts')
  })

  it('takes a cart id that is a number', async () => {
    await withFake({ misbehave: answering(201, '{"shopping_cart_id":12}') }, async ({ client }) => {
      expect((await client.send('create', { customer: 1 })).cartId).toBe('12')
    })
  })

  it.each([
    ['not JSON', '<html>'],
    ['nothing', ''],
    ['no id', '{"id":1}'],
    ['an empty id', '{"shopping_cart_id":""}'],
    ['null', 'null'],
  ])('calls a 201 with %s a failure', async (_, body) => {
    await withFake({ misbehave: answering(201, body) }, async ({ client }) => {
      const created = await client.send('create', { customer: 1 })
      expect(created).toMatchObject({ status: 201, cartId: null })
      expect(created.error).toBe('the response has no shopping_cart_id')
    })
  })

  it.each([
    '{"items":{}}',
    '{"items":[1]}',
    '{"items":[{"product_id":1}]}',
    '{"items":[{"quantity":1}]}',
    '[]',
    '{',
  ])('calls a 200 with %s a failure', async (body) => {
    await withFake({ misbehave: answering(200, body) }, async ({ client }) => {
      const got = await client.send('get', { cart: 'x' })
      expect(got).toMatchObject({ status: 200, lines: null })
      expect(got.error).toBe('the response has no cart items')
    })
  })

  it('names the status and the code of a failure, and nothing that could upset a terminal', async () => {
    await withFake({ misbehave: answering(503, '{"error":"STORE_BUSY"}') }, async ({ client }) => {
      expect((await client.send('add', { cart: 'x', product: 1, quantity: 1 })).error).toBe(
        'expected 204, got 503 STORE_BUSY',
      )
    })
    const clearScreen = JSON.stringify({ error: '\u001b[2J' })
    await withFake({ misbehave: answering(500, clearScreen) }, async ({ client }) => {
      expect((await client.send('add', { cart: 'x', product: 1, quantity: 1 })).error).toBe(
        'expected 204, got 500',
      )
    })
  })

  it('has status 0 when the connection is dropped, and works again afterwards', async () => {
    const misbehave: FakeOptions['misbehave'] = (moment) =>
      moment.count === 1 ? dropping(moment) : 'proper'
    await withFake({ misbehave }, async ({ client }) => {
      const dropped = await client.send('create', { customer: 1 })
      expect(dropped).toMatchObject({ status: 0, cartId: null })
      expect(dropped.error).toMatch(/^connection closed before the response was complete/)
      expect(await client.send('create', { customer: 1 })).toMatchObject({ status: 201 })
    })
  })

  it('keeps the status of a response that is cut off, but calls it a failure', async () => {
    await withFake({ misbehave: hangingUpMidBody(201) }, async ({ client }) => {
      const created = await client.send('create', { customer: 1 })
      expect(created).toMatchObject({ status: 201, cartId: null })
      expect(created.error).toMatch(/^response cut off after status 201: connection closed/)
    })
  })

  it('gives up a request without a response in time', async () => {
    await withFake(
      { misbehave: stayingSilent },
      async ({ client }) => {
        const { status, error } = await client.send('create', { customer: 1 })
        expect([status, error]).toEqual([0, 'no response within 0.03 s'])
      },
      { timeoutMs: 30 },
    )
  })

  it('gives up a body that does not end in time', async () => {
    const misbehave: FakeOptions['misbehave'] = ({ response }) => {
      response.writeHead(200).write('{')
    }
    await withFake(
      { misbehave },
      async ({ client }) => {
        const { status, error } = await client.send('get', { cart: 'x' })
        expect([status, error]).toEqual([
          200,
          'response cut off after status 200: no response within 0.5 s',
        ])
      },
      { timeoutMs: 500 },
    )
  })

  it('does not read a body without end', async () => {
    const misbehave: FakeOptions['misbehave'] = ({ response }) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ')
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', more)
      more()
    }
    await withFake({ misbehave }, async ({ client }) => {
      expect((await client.send('get', { cart: 'x' })).error).toMatch(
        /the response is too large for a cart/,
      )
    })
  })

  it('does not accept a response that is not HTTP', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end('hello\r\n')))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const client = openCartClient(`http://127.0.0.1:${port}`)
    const { status, error } = await client.send('create', { customer: 1 })
    await client.close()
    await new Promise((done) => server.close(done))
    expect(status).toBe(0)
    expect(error).toBe('the response is not HTTP')
  })

  it.each([
    [
      'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n',
      /not valid HTTP\/1\.1 \(Invalid character in Content-Length\)/,
    ],
    [
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
      /100 Continue, which was not asked for/,
    ],
    [
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nxx',
      /encoded \("gzip"\) although identity was asked for/,
    ],
  ])('names what it refuses: %j', async (text, reason) => {
    const server = createServer((socket) => socket.on('data', () => socket.end(text)))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const client = openCartClient(`http://127.0.0.1:${port}`)
    const { error } = await client.send('create', { customer: 1 })
    await client.close()
    await new Promise((done) => server.close(done))
    expect(error).toMatch(reason)
  })

  it('asks for bodies as they are', async () => {
    let headers = ''
    const server = createServer((socket) =>
      socket.on('data', (bytes) => {
        headers = bytes.toString()
        socket.end('HTTP/1.1 204 No Content\r\n\r\n')
      }),
    )
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const client = openCartClient(`http://127.0.0.1:${port}`)
    await client.send('create', { customer: 1 })
    await client.close()
    await new Promise((done) => server.close(done))
    expect(headers).toContain('accept-encoding: identity\r\n')
  })

  it('explains http to a host that speaks TLS', async () => {
    // Without a certificate: it refuses every handshake, in TLS.
    const server = createTlsServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const client = openCartClient(`http://127.0.0.1:${port}`)
    const { error } = await client.send('create', { customer: 1 })
    await client.close()
    await new Promise((done) => server.close(done))
    expect(error).toBe('the host speaks TLS: use https://')
  })

  it('explains https to a host that speaks http', async () => {
    await using service = await startFakeCartService()
    const client = openCartClient(service.url.replace('http:', 'https:'))
    const { error } = await client.send('create', { customer: 1 })
    await client.close()
    expect(error).toMatch(/^TLS failed; perhaps the host speaks plain http \(ERR_SSL_\w+\)$/)
  })

  it('reports once that a host does not respond, and that it is silent after a while', async () => {
    const reasons: string[] = []
    const client = openCartClient('http://127.0.0.1:1', {
      silenceMs: 0,
      onNoAnswer: (reason) => reasons.push(reason),
    })
    expect(client.isSilent()).toBe(false)
    expect(await client.send('create', { customer: 1 })).toMatchObject({ status: 0 })
    await client.send('create', { customer: 1 })
    await client.close()
    expect(client.isSilent()).toBe(true)
    expect(reasons).toEqual(['connection refused (ECONNREFUSED)'])
  })

  it('does not call a host silent that has responded once', async () => {
    const misbehave: FakeOptions['misbehave'] = (moment) =>
      moment.count > 1 ? dropping(moment) : 'proper'
    const reasons: string[] = []
    await withFake(
      { misbehave },
      async ({ client }) => {
        await client.send('create', { customer: 1 })
        expect((await client.send('create', { customer: 1 })).status).toBe(0)
        expect(client.isSilent()).toBe(false)
        expect(reasons).toEqual([])
      },
      { silenceMs: 0, onNoAnswer: (reason) => reasons.push(reason) },
    )
  })

  it('cuts off requests in flight when the signal is aborted', async () => {
    const controller = new AbortController()
    const misbehave = () => controller.abort()
    await withFake(
      { misbehave },
      async ({ client }) => {
        expect(await client.send('create', { customer: 1 })).toMatchObject({
          status: 0,
          error: 'cut off',
        })
        expect(await client.send('get', { cart: 'x' })).toMatchObject({
          status: 0,
          error: 'cut off',
        })
      },
      { signal: controller.signal },
    )
  })
})
