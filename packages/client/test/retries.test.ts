import { describe, expect, it, vi } from 'vitest'
import { PushcartClient, PushcartError } from '../src/index.ts'
import {
  answer,
  hangUp,
  hangUpMidBody,
  problem,
  type Reply,
  silence,
  startFakeServer,
} from './fake-server.ts'

const CART = '01a20478-bb8c-7722-9e92-ae6ef3e903d7'
const done = answer(204, undefined, { etag: '"2"' })

async function failureOf(promise: Promise<unknown>): Promise<PushcartError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PushcartError)
  return error as PushcartError
}

describe('a change that failed for a while', () => {
  it.each<[string, Reply]>([
    ['the connection is dropped', hangUp],
    ['the answer is cut off', hangUpMidBody(200)],
    ['the service is busy', problem(503, 'STORE_BUSY', { 'retry-after': '0' })],
    ['the service says too many', problem(429, 'RATE_LIMITED', { 'retry-after': '0' })],
    ['a proxy has lost its service', (response) => response.writeHead(502).end('<html>')],
    ['a proxy has no service', (response) => response.writeHead(503).end()],
  ])('is sent again with the same key and body when %s', async (_when, failing) => {
    await using server = await startFakeServer(failing, failing, done)
    const client = new PushcartClient({ baseUrl: server.url })
    expect(await client.addItem(CART, 'mug', 2)).toEqual({ version: 2, replayed: false })
    const [first, ...others] = server.seen
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    expect(first?.body).toBe('{"product_id":"mug","quantity":2}')
    expect(others.map(({ body }) => body)).toEqual([first?.body, first?.body])
    expect(new Set(server.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  it('carries another key than the change before it, and the caller’s own where given', async () => {
    await using server = await startFakeServer(done)
    const client = new PushcartClient({ baseUrl: server.url })
    await client.emptyCart(CART)
    await client.emptyCart(CART)
    await client.emptyCart(CART, { idempotencyKey: 'order-66' })
    const [first, second, third] = server.seen.map(({ headers }) => headers['idempotency-key'])
    expect(first).not.toBe(second)
    expect(third).toBe('order-66')
  })

  it('is given up when the retries are used up, saying how often it was tried', async () => {
    await using server = await startFakeServer(problem(503, 'STORE_BUSY', { 'retry-after': '0' }))
    const client = new PushcartClient({ baseUrl: server.url, retries: 2 })
    const error = await failureOf(client.addItem(CART, 1, 1))
    expect(error).toMatchObject({ code: 'STORE_BUSY', status: 503, attempts: 3, retryAfterMs: 0 })
    expect(server.seen).toHaveLength(3)
  })

  it('is not sent again when the client may not retry', async () => {
    await using server = await startFakeServer(hangUp)
    const client = new PushcartClient({ baseUrl: server.url, retries: 0 })
    const error = await failureOf(client.addItem(CART, 1, 1))
    expect(error).toMatchObject({ code: 'NETWORK_ERROR', status: 0, attempts: 1 })
    expect(error.message).toContain(`POST ${server.url}/shopping-carts/${CART}/items`)
    expect(server.seen).toHaveLength(1)
  })
})

describe('a refusal', () => {
  it.each([
    [400, 'VALIDATION_FAILED'],
    [401, 'UNAUTHENTICATED'],
    [404, 'CART_NOT_FOUND'],
    [409, 'CART_NOT_ACTIVE'],
    [412, 'PRECONDITION_FAILED'],
    [422, 'CART_LINES_LIMIT'],
    [500, 'INTERNAL_ERROR'],
  ])('of status %i (%s) is not tried again', async (status, code) => {
    await using server = await startFakeServer(problem(status, code, { 'x-request-id': 'r-1' }))
    const client = new PushcartClient({ baseUrl: server.url })
    const error = await failureOf(client.setQuantity(CART, 1, 1, { ifMatch: 4 }))
    expect(error).toMatchObject({ status, code, message: `about ${code}`, requestId: 'r-1' })
    expect(error.problem).toEqual({ status, error: code, message: `about ${code}` })
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]?.headers['if-match']).toBe('"4"')
  })

  it('to be disturbed for longer than a caller would wait is passed on at once', async () => {
    await using server = await startFakeServer(
      problem(503, 'STORE_BUSY', { 'retry-after': '3600' }),
    )
    const error = await failureOf(new PushcartClient({ baseUrl: server.url }).getCart(CART))
    expect(error).toMatchObject({ attempts: 1, retryAfterMs: 3_600_000 })
  })

  it.each<[string, Reply]>([
    ['is no JSON', (response) => response.end('<html>')],
    ['is no object', (response) => response.end('"hello"')],
    ['has no body', (response) => response.end()],
    ['has a status of its own', answer(206, {})],
  ])('is what an answer that %s amounts to', async (_how, reply) => {
    await using server = await startFakeServer(reply)
    const error = await failureOf(new PushcartClient({ baseUrl: server.url }).health())
    expect(error).toMatchObject({ code: 'UNEXPECTED_ANSWER', attempts: 1, problem: undefined })
  })

  it('is what a change without a version amounts to', async () => {
    await using server = await startFakeServer(answer(204))
    const error = await failureOf(new PushcartClient({ baseUrl: server.url }).deleteCart(CART))
    expect(error).toMatchObject({ code: 'UNEXPECTED_ANSWER', status: 204 })
  })
})

describe('waiting', () => {
  /** What the client waits before each try, without waiting; time out of the client's hands is left alone. */
  async function waits(retries: number, headers: Record<string, string>): Promise<number[]> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    vi.setSystemTime(Date.UTC(2026, 10, 22, 18, 0, 0))
    try {
      const times: number[] = []
      const fetch = async () => {
        times.push(Date.now())
        return Response.json({ error: 'STORE_BUSY', message: 'busy' }, { status: 503, headers })
      }
      const client = new PushcartClient({ baseUrl: 'http://carts.test', fetch, retries })
      const failed = failureOf(client.health())
      await vi.runAllTimersAsync()
      await failed
      return times.slice(1).map((time, index) => time - (times[index] ?? 0))
    } finally {
      vi.useRealTimers()
    }
  }

  it('is never shorter than the service asked for, in seconds or as a date', async () => {
    const slack = [100, 200, 400]
    for (const after of ['2', 'Sun, 22 Nov 2026 18:00:02 GMT']) {
      const [first = 0, ...others] = await waits(3, { 'retry-after': after })
      expect(first).toBeGreaterThanOrEqual(2000)
      expect(first).toBeLessThanOrEqual(2000 + (slack[0] ?? 0))
      if (after !== '2') continue
      for (const [index, wait] of others.entries()) {
        expect(wait).toBeGreaterThanOrEqual(2000)
        expect(wait).toBeLessThanOrEqual(2000 + (slack[index + 1] ?? 0))
      }
    }
  })

  it('is random below a bound that doubles up to five seconds', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
    expect(await waits(8, {})).toEqual([50, 100, 200, 400, 800, 1600, 2500, 2500])
    random.mockReturnValue(0)
    expect(await waits(2, {})).toEqual([0, 0])
    random.mockRestore()
  })
})

describe('a client that waits no longer', () => {
  it('fails with TIMEOUT when no try is answered in time', async () => {
    await using server = await startFakeServer(silence)
    const client = new PushcartClient({ baseUrl: server.url, timeoutMs: 20, retries: 1 })
    expect(await failureOf(client.getCart(CART))).toMatchObject({ code: 'TIMEOUT', attempts: 2 })
  })

  it('counts the body into that time', async () => {
    await using server = await startFakeServer((response) => response.write('{"status":'))
    const client = new PushcartClient({ baseUrl: server.url, timeoutMs: 200, retries: 0 })
    expect(await failureOf(client.health())).toMatchObject({ code: 'TIMEOUT' })
  })

  it('rejects with the reason of the caller’s signal, during a try', async () => {
    const stop = new AbortController()
    await using server = await startFakeServer(() => stop.abort(new Error('page left')))
    const client = new PushcartClient({ baseUrl: server.url })
    await expect(client.addItem(CART, 1, 1, { signal: stop.signal })).rejects.toThrow('page left')
    expect(server.seen).toHaveLength(1)
  })

  it('the same between two tries', async () => {
    const stop = new AbortController()
    const fetch = async () => {
      setImmediate(() => stop.abort(new Error('page left')))
      return new Response(null, { status: 503, headers: { 'retry-after': '29' } })
    }
    const client = new PushcartClient({ baseUrl: 'http://carts.test', fetch })
    await expect(client.health({ signal: stop.signal })).rejects.toThrow('page left')
  })

  it('the same before the first', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>()
    const client = new PushcartClient({ baseUrl: 'http://carts.test', fetch })
    const signal = AbortSignal.abort(new Error('page left'))
    await expect(client.health({ signal })).rejects.toThrow('page left')
    expect(fetch).not.toHaveBeenCalled()
  })
})
