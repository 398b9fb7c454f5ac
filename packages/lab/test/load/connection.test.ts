import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createConnection, type Reply } from '../../src/load/http/connection.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** A server whose n-th request (from 1) is handled by `onRequest`, and a connection to it. */
async function open(onRequest: (socket: Socket, request: number, connection: number) => void) {
  let requests = 0
  let connections = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    const own = ++connections
    sockets.add(socket)
    socket.on('error', () => {}).on('data', () => onRequest(socket, ++requests, own))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  let opened = 0
  const endpoint = { secure: false, host: '127.0.0.1', port }
  const connection = createConnection(
    endpoint,
    () => true,
    () => void opened++,
  )
  onTestFinished(async () => {
    connection.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  const send = () =>
    new Promise<Reply>((resolve) => connection.send('GET / HTTP/1.1\r\n\r\n', resolve))
  return { connection, send, opened: () => opened, server }
}

const ok = expect.objectContaining({ status: 200, body: 'ok' })

describe('a connection', () => {
  it('is used for one request after another', async () => {
    const { send, opened } = await open((socket) => socket.write(OK))
    for (let i = 0; i < 5; i++) expect(await send()).toEqual(ok)
    expect(opened()).toBe(1)
  })

  it('can be opened in advance', async () => {
    const { connection, send, opened } = await open((socket) => socket.write(OK))
    await connection.open()
    expect(opened()).toBe(1)
    expect(await send()).toEqual(ok)
    expect(opened()).toBe(1)
  })

  it('is kept although the server announces to close it after a second', async () => {
    const { send, opened } = await open((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'),
    )
    for (let i = 0; i < 3; i++) expect(await send()).toEqual(ok)
    expect(opened()).toBe(1)
  })

  it('is reopened when the server closes it after a response', async () => {
    const { send, opened } = await open((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'),
    )
    expect(await send()).toEqual(ok)
    expect(await send()).toEqual(ok)
    expect(opened()).toBe(2)
  })

  it('takes the end of the connection as the end of a response without a length', async () => {
    const { send } = await open((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nok'))
    expect(await send()).toEqual(ok)
  })

  it.each([
    ['hangs up', (socket: Socket) => socket.end(), { failure: 'closed' }],
    [
      'hangs up in the middle',
      (socket: Socket) => socket.end(OK.slice(0, -1)),
      { failure: 'closed' },
    ],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), { failure: 'ECONNRESET' }],
    [
      'talks nonsense',
      (socket: Socket) => socket.write('hello there\r\n'),
      { failure: 'bad_http', reason: 'the response is not HTTP' },
    ],
    [
      'speaks TLS',
      (socket: Socket) => socket.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])),
      { failure: 'bad_http', reason: 'the host speaks TLS: use https://' },
    ],
    [
      'compresses what was asked for as it is',
      (socket: Socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n'),
      {
        failure: 'bad_http',
        reason: 'the response is encoded ("gzip") although identity was asked for',
      },
    ],
  ])(
    'reports that the server %s, repeats nothing, and sends the next request',
    async (_, fail, failure) => {
      let asked = 0
      const { send } = await open((socket, request) => {
        asked = request
        if (request === 2) fail(socket)
        else socket.write(OK)
      })
      expect(await send()).toEqual(ok)
      expect(await send()).toEqual(failure)
      expect(asked).toBe(2)
      expect(await send()).toEqual(ok)
    },
  )

  it('ends a request that takes too long, and ignores its late response', async () => {
    let late: Socket | undefined
    const { connection, send, opened } = await open((socket, request) => {
      if (request > 1) socket.write(OK)
      else {
        late = socket
        connection.expire(performance.now() - 60_000)
        connection.expire(performance.now() + 1)
      }
    })
    expect(await send()).toEqual({ failure: 'timeout' })
    late?.write(OK)
    expect(await send()).toEqual(ok)
    expect(opened()).toBe(2)
  })

  it('reports that nothing listens', async () => {
    const { send, server } = await open(() => {})
    await new Promise((done) => server.close(done))
    expect(await send()).toEqual({ failure: 'ECONNREFUSED' })
  })

  it('reports a request in flight as closed when it is closed', async () => {
    const { connection, send } = await open(() => connection.close())
    expect(await send()).toEqual({ failure: 'closed' })
  })
})
