import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openCartApi } from '../../../lab/http/cart-api.ts'
import type { ExchangeOptions } from '../../../lab/http/exchange.ts'
import {
  answering,
  dropping,
  type FakeOptions,
  hangingUpMidBody,
  startFakeCartService,
  stayingSilent,
} from '../../support/fake-cart-service.ts'

async function withFake<T>(
  fake: FakeOptions,
  use: (context: {
    api: ReturnType<typeof openCartApi>
    service: Awaited<ReturnType<typeof startFakeCartService>>
  }) => Promise<T>,
  options: ExchangeOptions = {},
): Promise<T> {
  await using service = await startFakeCartService(fake)
  const api = openCartApi(`${service.url}/`, options)
  try {
    return await use({ api, service })
  } finally {
    await api.close()
  }
}

describe('the client of the core endpoints', () => {
  it('creates, adds and gets as the API says', async () => {
    await withFake({}, async ({ api, service }) => {
      const before = Date.now()
      const created = await api.createCart(7)
      expect(created).toMatchObject({ status: 201, cartId: 'cart 1' })
      expect(created.error).toBeUndefined()
      expect(created.startedAt).toBeGreaterThanOrEqual(before)
      expect(created.ms).toBeGreaterThan(0)
      expect(await api.addItem('cart 1', 5, 2)).toMatchObject({ status: 204, body: undefined })
      const got = await api.getCart('cart 1')
      expect(got).toMatchObject({ status: 200, items: [{ product_id: 5, quantity: 2 }] })
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
    const api = openCartApi(`${service.url}/shop/`)
    await api.createCart(1)
    await api.close()
    expect(service.requests[0]?.path).toBe('/shop/shopping-carts')
  })

  it('takes a cart id that is a number', async () => {
    await withFake({ misbehave: answering(201, '{"shopping_cart_id":12}') }, async ({ api }) => {
      expect((await api.createCart(1)).cartId).toBe('12')
    })
  })

  it.each([
    ['not JSON', '<html>'],
    ['nothing', ''],
    ['no id', '{"id":1}'],
    ['an empty id', '{"shopping_cart_id":""}'],
    ['null', 'null'],
  ])('calls a 201 with %s a failure', async (_, body) => {
    await withFake({ misbehave: answering(201, body) }, async ({ api }) => {
      const created = await api.createCart(1)
      expect(created).toMatchObject({ status: 201, cartId: null })
      expect(created.error).toBe('the answer holds no shopping_cart_id')
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
    await withFake({ misbehave: answering(200, body) }, async ({ api }) => {
      const got = await api.getCart('x')
      expect(got).toMatchObject({ status: 200, items: null })
      expect(got.error).toBe('the answer holds no cart items')
    })
  })

  it('names the status and the code of a failure, and nothing that could upset a terminal', async () => {
    await withFake({ misbehave: answering(503, '{"error":"STORE_BUSY"}') }, async ({ api }) => {
      expect((await api.addItem('x', 1, 1)).error).toBe('expected 204, got 503 STORE_BUSY')
    })
    const clearScreen = JSON.stringify({ error: '\u001b[2J' })
    await withFake({ misbehave: answering(500, clearScreen) }, async ({ api }) => {
      expect((await api.addItem('x', 1, 1)).error).toBe('expected 204, got 500')
    })
  })

  it('has status 0 when the connection is dropped, and answers again afterwards', async () => {
    const misbehave: FakeOptions['misbehave'] = (moment) =>
      moment.count === 1 ? dropping(moment) : 'proper'
    await withFake({ misbehave }, async ({ api }) => {
      const dropped = await api.createCart(1)
      expect(dropped).toMatchObject({ status: 0, cartId: null })
      expect(dropped.error).toMatch(/^connection closed before the answer was complete/)
      expect(await api.createCart(1)).toMatchObject({ status: 201 })
    })
  })

  it('keeps the status of an answer that is cut off, but calls it a failure', async () => {
    await withFake({ misbehave: hangingUpMidBody(201) }, async ({ api }) => {
      const created = await api.createCart(1)
      expect(created).toMatchObject({ status: 201, cartId: null })
      expect(created.error).toMatch(/^answer cut off after status 201: connection closed/)
    })
  })

  it('gives up a request that is not answered in time', async () => {
    await withFake(
      { misbehave: stayingSilent },
      async ({ api }) => {
        const { status, error } = await api.createCart(1)
        expect([status, error]).toEqual([0, 'no answer within 0.03 s'])
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
      async ({ api }) => {
        const { status, error } = await api.getCart('x')
        expect([status, error]).toEqual([
          200,
          'answer cut off after status 200: no answer within 0.5 s',
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
    await withFake({ misbehave }, async ({ api }) => {
      expect((await api.getCart('x')).error).toMatch(/the answer is too large for a cart/)
    })
  })

  it('does not take what is not HTTP for an answer', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end('hello\r\n')))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const api = openCartApi(`http://127.0.0.1:${port}`)
    const { status, error } = await api.createCart(1)
    await api.close()
    await new Promise((done) => server.close(done))
    expect(status).toBe(0)
    expect(error).toBe('the answer is not HTTP')
  })

  it('explains https to a host that speaks http', async () => {
    await using service = await startFakeCartService()
    const api = openCartApi(service.url.replace('http:', 'https:'))
    const { error } = await api.createCart(1)
    await api.close()
    expect(error).toMatch(/^TLS failed; perhaps the host speaks plain http \(ERR_SSL_\w+\)$/)
  })

  it('says once that a host does not answer, and that it is silent after a while', async () => {
    const reasons: string[] = []
    const api = openCartApi('http://127.0.0.1:1', {
      silenceMs: 0,
      onNoAnswer: (reason) => reasons.push(reason),
    })
    expect(api.isSilent()).toBe(false)
    expect(await api.createCart(1)).toMatchObject({ status: 0 })
    await api.createCart(1)
    await api.close()
    expect(api.isSilent()).toBe(true)
    expect(reasons).toEqual(['connection refused (ECONNREFUSED)'])
  })

  it('does not call a host silent that answered once', async () => {
    const misbehave: FakeOptions['misbehave'] = (moment) =>
      moment.count > 1 ? dropping(moment) : 'proper'
    const reasons: string[] = []
    await withFake(
      { misbehave },
      async ({ api }) => {
        await api.createCart(1)
        expect((await api.createCart(1)).status).toBe(0)
        expect(api.isSilent()).toBe(false)
        expect(reasons).toEqual([])
      },
      { silenceMs: 0, onNoAnswer: (reason) => reasons.push(reason) },
    )
  })

  it('cuts off what is in flight when the signal says so', async () => {
    const controller = new AbortController()
    const misbehave = () => controller.abort()
    await withFake(
      { misbehave },
      async ({ api }) => {
        expect(await api.createCart(1)).toMatchObject({ status: 0, error: 'cut off' })
        expect(await api.getCart('x')).toMatchObject({ status: 0, error: 'cut off' })
      },
      { signal: controller.signal },
    )
  })
})
