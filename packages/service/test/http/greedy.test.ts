import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { hadItsGrace } from '../../src/http/connections/drain.ts'
import { SPARE_CONNECTIONS } from '../../src/http/connections/limits.ts'
import { answerTo, lines, received, useListening } from './fuzz/listening.ts'
import { parseAnswer } from './fuzz/send.ts'

const listening = useListening()
const CLOSE = 'connection: close'

describe('a greedy connection', () => {
  it('has one request in progress at a time, whatever it sends ahead', async () => {
    const { dial, path, store } = await listening({})
    const { getCart } = store
    let gets = 0
    let most = 0
    store.getCart = async (...args) => {
      gets += 1
      most = Math.max(most, gets)
      await sleep(1)
      gets -= 1
      return getCart(...args)
    }
    const request = lines(`GET ${path} HTTP/1.1`, 'host: x')
    const text = await received(dial().end(request.repeat(50)))
    expect([text.match(/HTTP\/1\.1 200/g)?.length, most]).toEqual([50, 1])
  })

  it('is closed when it sends too many requests ahead', async () => {
    const { dial, path, store } = await listening({})
    store.getCart = () => new Promise(() => {})
    const socket = dial()
      .resume()
      .on('error', () => {})
    socket.write(lines(`GET ${path} HTTP/1.1`, 'host: x').repeat(102))
    await new Promise((resolve) => socket.once('close', resolve))
  })

  it('that takes no byte of its response is closed after the time limit', async () => {
    const { app, dial, newCart, post } = await listening({ RESPONSE_TIMEOUT_MS: '300' })
    // 8 MB of pages: more than the buffers of both systems hold.
    const items = Array.from({ length: 100 }, (_, index) => ({
      product_id: index + 1,
      quantity: 1,
    }))
    for (let cart = 0; cart < 40; cart++)
      await post(`/shopping-carts/${await newCart(99)}/items`, { items })
    const connected = once(app.server, 'connection')
    const socket = dial()
      .pause()
      .on('error', () => {})
    const page = lines('GET /shopping-carts?customer_id=99&limit=40 HTTP/1.1', 'host: x')
    socket.write(page.repeat(20))
    const [served] = await connected
    await new Promise((resolve) => served.once('close', resolve))
    socket.destroy()
  })
})

describe('connections beyond the limit', () => {
  it('get health checks only, and further ones are closed', async () => {
    const { dial, path } = await listening({ MAX_CONNECTIONS: '2' })
    const held = [dial(), dial()]
    await Promise.all(held.map((socket) => once(socket, 'connect')))
    for (const [url, status] of [
      ['/health/live', 200],
      [path, 503],
    ] as const) {
      const answer = await answerTo(dial(), lines(`GET ${url} HTTP/1.1`, 'host: x'))
      expect([url, answer.status, answer.headers.connection]).toEqual([url, status, 'close'])
    }
    const [first] = held
    const answer = parseAnswer(
      await received(first?.end(lines(`GET ${path} HTTP/1.1`, 'host: x', CLOSE)) ?? dial()),
    )
    expect(answer.status).toBe(200)
    held[1]?.destroy()
  })

  it('leave room for health checks although silent ones have taken all places', async () => {
    const { app, dial } = await listening({ MAX_CONNECTIONS: '2' })
    const count = 2 + 2 * SPARE_CONNECTIONS
    let accepted = 0
    const all = new Promise<void>((resolve) => {
      app.server.on('connection', () => {
        accepted += 1
        if (accepted === count) resolve()
      })
    })
    const silent = Array.from({ length: count }, () => dial().on('error', () => {}))
    await all
    const answer = await answerTo(dial(), lines('GET /health/live HTTP/1.1', 'host: x'))
    expect(answer.status).toBe(200)
    for (const socket of silent) socket.destroy()
  })
})

describe('a stop', () => {
  const get = (path: string) => lines(`GET ${path} HTTP/1.1`, 'host: x')

  it.each([
    ['headers', 'GET /health HTTP/1.1\r\nhost:'],
    [
      'body',
      'POST /shopping-carts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ],
  ])('refuses a request whose %s do not arrive in time', async (_, half) => {
    const { app, dial } = await listening({ REQUEST_TIMEOUT_MS: '1000', DRAIN_TIMEOUT_MS: '60000' })
    const connected = once(app.server, 'connection')
    const client = dial()
    const response = received(client)
    client.write(half)
    const [served] = await connected
    while (served.bytesRead < half.length) await new Promise((resolve) => setImmediate(resolve))
    const closed = app.close()
    expect(parseAnswer(await response).status).toBe(408)
    await closed
  })

  it('serves what arrives on open connections, with Connection: close', async () => {
    const { app, dial, path } = await listening({ DRAIN_GRACE_MS: '3000' })
    const clients = Array.from({ length: 5 }, () => dial().setEncoding('utf8'))
    for (const client of clients) {
      client.write(get(path))
      expect(String(await once(client, 'data'))).toContain('HTTP/1.1 200')
    }
    const closed = app.close()
    for (const client of clients) {
      client.write(get(path))
      const answer = parseAnswer(await received(client))
      expect([answer.status, answer.headers.connection]).toEqual([200, 'close'])
    }
    await closed
  })

  it('refuses readiness checks from its beginning, and nothing else during the grace', async () => {
    const { app, dial, path } = await listening({ DRAIN_GRACE_MS: '2000' })
    const closed = app.close()
    const answers = await Promise.all(
      ['/health/ready', '/health/live', path].map((each) => {
        const client = dial()
        client.write(get(each))
        return received(client).then(parseAnswer)
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual([503, 200, 200])
    expect(answers[0]?.body).toContain('SHUTTING_DOWN')
    await closed
  })

  it('lets a response that is in progress say Connection: close', async () => {
    const { app, dial, path, store } = await listening({})
    const { getCart } = store
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    store.getCart = async (...args) => {
      reached.resolve()
      await release.promise
      return getCart(...args)
    }
    const client = dial()
    client.write(get(path))
    await reached.promise
    const closed = app.close()
    await new Promise((resolve) => setImmediate(resolve))
    release.resolve()
    const answer = parseAnswer(await received(client))
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close'])
    await closed
  })

  it('does not make a change that was sent ahead of the last response', async () => {
    const { app, dial, path, store } = await listening({ DRAIN_GRACE_MS: '1000' })
    const { addLines } = store
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    let adds = 0
    store.addLines = async (...args) => {
      adds += 1
      reached.resolve()
      await release.promise
      return addLines(...args)
    }
    const body = '{"product_id":1,"quantity":1}'
    const type = 'content-type: application/json'
    const head = lines(
      `POST ${path}/items HTTP/1.1`,
      'host: x',
      type,
      `content-length: ${body.length}`,
    )
    const client = dial()
    client.write(`${head}${body}`.repeat(2))
    await reached.promise
    const closed = app.close()
    while ((await answerTo(dial(), get('/health/ready'))).status !== 503);
    release.resolve()
    const text = await received(client)
    await closed
    expect([text.match(/HTTP\/1\.1 204/g)?.length, adds]).toEqual([1, 1])
  })

  it('closes a connection as idle whose body arrived after the refusal', async () => {
    const { app, dial, path } = await listening({
      DRAIN_GRACE_MS: '50',
      DRAIN_TIMEOUT_MS: '600000',
    })
    const client = dial().resume()
    client.write(
      lines(
        `POST ${path}/items HTTP/1.1`,
        'host: x',
        'x-request-timeout: soon',
        'content-length: 3',
      ),
    )
    await once(client, 'data')
    client.write('{}\n')
    const ended = once(client, 'close')
    await app.close()
    await ended
  })

  it('serves clients that connect during the grace, then accepts no more', async () => {
    const { app, dial, path } = await listening({ DRAIN_GRACE_MS: '2000' })
    const closed = app.close()
    const client = dial()
    client.write(get(path))
    const answer = parseAnswer(await received(client))
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close'])
    await closed
    const [error] = await once(dial(), 'error')
    expect(error.code).toBe('ECONNREFUSED')
  })

  it('closes idle connections after the grace', async () => {
    const { app, dial, path } = await listening({ DRAIN_GRACE_MS: '50' })
    const idle = dial().resume()
    await once(idle, 'connect')
    // Its acceptance is certain when it has been served.
    idle.write(get(path))
    await once(idle, 'data')
    const ended = once(idle, 'close')
    const closed = app.close()
    await ended
    await closed
  })

  it('serves a request that has arrived and was not read because the process was busy', async () => {
    const graceMs = 1000
    const { app, dial, path } = await listening({ DRAIN_GRACE_MS: String(graceMs) })
    const until = async (reached: () => boolean) => {
      while (!reached()) await new Promise((resolve) => setImmediate(resolve))
    }
    const began = performance.now()
    const closed = app.close()
    // Late enough for its grace to end when connections are already looked at.
    await until(() => performance.now() > began + graceMs / 3)
    const client = dial()
    const [accepted] = await once(app.server, 'connection')
    await until(() => !app.server.listening && performance.now() > began + 1.1 * graceMs)
    expect(accepted.destroyed).toBe(false)
    client.write(get(path))
    while (performance.now() < began + 2 * graceMs);
    expect([200, 503]).toContain(parseAnswer(await received(client)).status)
    await closed
  })

  it('does not wait longer than for requests in flight', async () => {
    const { app } = await listening({ DRAIN_GRACE_MS: '600000', DRAIN_TIMEOUT_MS: '10' })
    await app.close()
  })

  it.each([
    ['was open before, at the end of the grace', 0, 1000, true],
    ['was open before, just before the end', 0, 999, false],
    ['was accepted late, at the end of the grace', 900, 1000, false],
    ['was accepted late, a grace after that', 900, 1900, true],
  ])('closes a connection without a request that %s: %#', (_, acceptedAt, now, expected) => {
    const closingSince = acceptedAt === 0 ? 0 : 500
    const at = acceptedAt === 0 ? -5000 : acceptedAt
    expect(hadItsGrace(at, { closingSince, graceMs: 1000, now })).toBe(expected)
  })
})
