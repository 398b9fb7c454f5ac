import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { answerTo, lines, received, useListening } from './fuzz/listening.ts'
import { parseAnswer } from './fuzz/send.ts'

const listening = useListening()
const JSON_TYPE = 'content-type: application/json'

/** An add of 5 units with these header lines; `length` is the announced length of the body. */
function addRequest(path: string, more: string[] = [], length?: number) {
  const body = '{"product_id":1,"quantity":5}'
  const announced = `content-length: ${length ?? body.length}`
  const head = lines(`POST ${path}/items HTTP/1.1`, 'host: x', JSON_TYPE, announced, ...more)
  return { head, body }
}

describe('ambiguous headers', () => {
  it.each([
    ['a NUL', 'x-a: a\u0000b'],
    ['a bare CR', 'x-a: a\rb'],
    ['a bare LF in a name', 'x\na: b'],
    ['a space before the colon', 'content-length : 0'],
    ['a length with a sign', 'content-length: +3'],
    ['two framings', 'transfer-encoding: chunked'],
    ['a framing nobody knows', 'transfer-encoding: xchunked'],
  ])('with %s are refused, and the bytes that follow are not a request', async (_, line) => {
    const { dial, path, cart } = await listening()
    const before = await cart()
    const { head, body } = addRequest(path, [line])
    const text = received(dial().end(`${head}${body}DELETE ${path} HTTP/1.1\r\nhost: x\r\n\r\n`))
    const { status, body: problem } = parseAnswer(await text)
    expect([status, JSON.parse(problem).error]).toEqual([400, 'BAD_REQUEST'])
    expect((await text).match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(await cart()).toEqual(before)
  })
})

describe('slow requests', () => {
  it.each([
    ['a head', (path: string) => addRequest(path).head.slice(0, 20), 'x'],
    ['a body', (path: string) => addRequest(path, [], 1000).head, ' '],
    [
      'a body in chunks',
      (path: string) =>
        lines(`POST ${path}/items HTTP/1.1`, 'host: x', JSON_TYPE, 'transfer-encoding: chunked'),
      '1\r\n \r\n',
    ],
  ])(
    '%s that trickles in is ended after the time limit, and changes nothing',
    async (_, start, drop) => {
      const { dial, path, cart } = await listening({ REQUEST_TIMEOUT_MS: '300' })
      const before = await cart()
      const socket = dial()
      const answer = received(socket)
      socket.write(start(path))
      const trickle = setInterval(() => socket.write(drop), 20)
      socket.once('close', () => clearInterval(trickle)).on('error', () => {})
      // Other requests are served meanwhile.
      const other = lines('GET /health HTTP/1.1', 'host: x', 'connection: close')
      expect((await answerTo(dial(), other)).status).toBe(200)
      const { status, body } = parseAnswer(await answer)
      expect([status, JSON.parse(body).error]).toEqual([408, 'REQUEST_TIMEOUT'])
      expect(JSON.parse(body).detail).toBe('The request took too long to arrive')
      expect(await cart()).toEqual(before)
    },
  )
})

describe('connections that end early', () => {
  // If a request stayed counted as in flight, `close` would not return, and the test would time out.
  const PATIENT = { DRAIN_TIMEOUT_MS: '600000', REQUEST_TIMEOUT_MS: '600000' }

  it('a client that half-closes after the request gets a late response', async () => {
    const { dial, path, cart, store } = await listening(PATIENT)
    const { addLines } = store
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    store.addLines = async (...args) => {
      reached.resolve()
      await release.promise
      return addLines(...args)
    }
    const { head, body } = addRequest(path)
    const socket = dial()
    const answer = received(socket.end(head + body))
    await reached.promise
    release.resolve()
    const { status, headers } = parseAnswer(await answer)
    expect([status, headers.etag]).toEqual([204, '"3"'])
    expect((await cart()).item_count).toBe(7)
  })

  it('a client that half-closes after several requests gets all responses in order', async () => {
    const { dial, path, cart } = await listening(PATIENT)
    const { head, body } = addRequest(path)
    const text = await received(dial().end((head + body).repeat(3)))
    expect(text.match(/etag: "\d+"/g)).toEqual(['etag: "3"', 'etag: "4"', 'etag: "5"'])
    expect((await cart()).item_count).toBe(17)
  })

  it('a client that half-closes within the body gets 400, and nothing is changed', async () => {
    const { app, dial, path, cart } = await listening(PATIENT)
    const before = await cart()
    const { head, body } = addRequest(path, [], 100)
    const answer = await answerTo(dial(), head + body)
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([400, 'BAD_REQUEST'])
    expect(await cart()).toEqual(before)
    await app.close()
  })

  it('a client that resets the connection within the body changes nothing and does not delay closing', async () => {
    const { app, dial, path, cart } = await listening(PATIENT)
    const before = await cart()
    const arrived = Promise.withResolvers<void>()
    app.server.on('request', () => arrived.resolve())
    const { head, body } = addRequest(path, [], 100)
    const socket = dial()
    socket.write(head + body)
    await arrived.promise
    const closed = once(socket, 'close')
    socket.resetAndDestroy()
    await closed
    expect(await cart()).toEqual(before)
    await app.close()
  })
})

describe('a client that never closes its end', () => {
  it.each([
    ['half of the headers', 'GET / HTTP/1.1\r\nhost: x\r\n', '408'],
    [
      'half of a body',
      `POST /shopping-carts HTTP/1.1\r\nhost: x\r\n${JSON_TYPE}\r\ncontent-length: 9\r\n\r\n{`,
      '408',
    ],
    ['no HTTP', 'hello\r\n\r\n', '400'],
  ])('after %s gets its response and keeps no connection', async (_, bytes, status) => {
    const { app, port } = await listening({ REQUEST_TIMEOUT_MS: '100' })
    const accepted = once(app.server, 'connection')
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {}).setEncoding('utf8')
    socket.write(bytes)
    const [served] = await accepted
    const closed = once(served, 'close')
    const [response] = await once(socket, 'data')
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    await closed
    socket.destroy()
  })
})

describe('requests that Node would respond to by itself', () => {
  it('a request without Host gets a problem document', async () => {
    const { dial, path, cart } = await listening()
    const before = await cart()
    const answer = await answerTo(dial(), lines(`DELETE ${path} HTTP/1.1`, 'connection: close'))
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([400, 'BAD_REQUEST'])
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(await cart()).toEqual(before)
  })

  it.each([
    [
      'a header of 100 KB',
      `GET /health/live HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
      431,
    ],
    ['100 KB that are no HTTP', 'z'.repeat(100_000), 400],
  ])('%s gets a problem document beside other connections', async (_, text, expected) => {
    const { dial } = await listening()
    // With one connection only, responses are written at once.
    const other = dial()
    await once(other, 'connect')
    const { status } = parseAnswer(await received(dial().end(text)))
    expect(status).toBe(expected)
    other.destroy()
  })

  it('HTTP/1.0 requires no Host', async () => {
    const { dial } = await listening()
    expect((await answerTo(dial(), lines('GET /health HTTP/1.0'))).status).toBe(200)
  })

  it('an unknown expectation and an offer to upgrade are ignored', async () => {
    const { dial } = await listening()
    for (const line of ['expect: the-unexpected', 'connection: upgrade\r\nupgrade: websocket'])
      expect((await answerTo(dial(), lines('GET /health HTTP/1.1', 'host: x', line))).status).toBe(
        200,
      )
  })

  it('CONNECT opens no tunnel', async () => {
    const { dial } = await listening()
    expect(await received(dial().end(lines('CONNECT evil.example:443 HTTP/1.1', 'host: x')))).toBe(
      '',
    )
  })

  it('a URL with invalid escape sequences gets a problem document with the request id', async () => {
    const { get } = await listening()
    const answer = await get('/products/%zz')
    const { error, instance } = answer.json()
    expect(error).toBe('BAD_REQUEST')
    expect(instance).toBe(`urn:pushcart:request:${answer.headers['x-request-id']}`)
  })
})
