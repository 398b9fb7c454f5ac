import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it, vi } from 'vitest'
import { listen } from '../../../../test/support/listen.ts'
import { gatherWrites } from '../../src/http/connections/gather-writes.ts'

afterEach(() => vi.restoreAllMocks())

/** A server that keeps the responses until `number` requests have arrived, then calls `send` with all of them. */
async function startServer(
  number: number,
  send: (responses: readonly ServerResponse[]) => void,
  isOnly = false,
) {
  const responses: ServerResponse[] = []
  const server = createServer((_request, response) => {
    responses.push(response)
    if (responses.length === number) send(responses)
  })
  const makeWrites = gatherWrites(server, () => isOnly)
  return Object.assign(await listen(server), { makeWrites, server })
}

/** Sends one request on a connection of its own. */
function ask(url: string): { readonly socket: Socket; readonly response: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  return { socket, response: text(socket) }
}

/** The connections of `server` write through this. */
function spyOnWrites(steps: string[]): void {
  const { _write } = Socket.prototype
  vi.spyOn(Socket.prototype, '_write').mockImplementation(function (this: Socket, ...write) {
    if ((this as { server?: unknown }).server) steps.push('write')
    return _write.apply(this, write)
  })
}

it('writes the responses of one turn of the event loop together at its end', async () => {
  const steps: string[] = []
  spyOnWrites(steps)
  await using server = await startServer(3, (responses) => {
    for (const [i, response] of responses.entries()) {
      response.end(`response ${i}`)
      steps.push('end')
    }
    queueMicrotask(() => steps.push('later in this turn'))
  })
  const bodies = await Promise.all(Array.from({ length: 3 }, () => ask(server.url).response))
  for (const i of [0, 1, 2])
    expect(bodies.filter((body) => body.endsWith(`response ${i}`))).toHaveLength(1)
  const { length } = bodies
  const [ends, writes] = [Array(length).fill('end'), Array(length).fill('write')]
  expect(steps).toEqual([...ends, 'later in this turn', ...writes])
})

it('writes at once if there is one connection only', async () => {
  const steps: string[] = []
  spyOnWrites(steps)
  await using server = await startServer(
    1,
    ([response]) => {
      response?.end('response')
      steps.push('end')
    },
    true,
  )
  expect(await ask(server.url).response).toMatch(/response$/)
  expect(steps).toEqual(['write', 'end'])
})

it('keeps the order of the writes of a connection, with several chunks', async () => {
  await using server = await startServer(1, ([response]) => {
    response?.write('one, ')
    response?.write(Buffer.from('two, '))
    response?.write('drei ü, ')
    setImmediate(() => response?.end('four'))
  })
  const received = await ask(server.url).response
  expect(received.replaceAll(/\r\n[\da-f]+\r\n/g, '')).toMatch(/one, two, drei ü, four/)
})

it('drops the write of a connection that is closed in the meantime, and makes the others', async () => {
  const closed: Promise<unknown>[] = []
  await using server = await startServer(2, (responses) => {
    for (const response of responses) response.end('response')
    closed.push(once(responses[0] as ServerResponse, 'close'))
    responses[0]?.socket?.destroy()
  })
  const asked = [ask(server.url), ask(server.url)]
  const received = await Promise.all(asked.map(({ response }) => response.catch(() => '')))
  await Promise.all(closed)
  expect(received.filter((response) => response.endsWith('response'))).toHaveLength(1)
})

it('makes the other writes if the callback of one throws', async () => {
  const thrown: unknown[] = []
  const real = setImmediate
  vi.spyOn(globalThis, 'setImmediate').mockImplementation(((run: () => void) =>
    real(() => {
      try {
        run()
      } catch (error) {
        thrown.push(error)
      }
    })) as typeof setImmediate)
  const sent = Promise.withResolvers<unknown>()
  await using server = await startServer(3, (responses) => {
    sent.resolve(Promise.all(responses.slice(1).map((response) => once(response, 'finish'))))
    responses[0]?.end('response', () => {
      throw new Error('of a callback')
    })
    for (const response of responses.slice(1)) response.end('response')
  })
  for (let i = 0; i < 3; i++) ask(server.url).response.catch(() => '')
  await sent.promise
  expect(thrown).toMatchObject([{ message: 'of a callback' }])
})

it('makes the writes that are due before connections are destroyed', async () => {
  await using server = await startServer(2, (responses) => {
    for (const response of responses) response.end('response')
    server.makeWrites()
    server.server.closeAllConnections()
  })
  const received = await Promise.all([ask(server.url).response, ask(server.url).response])
  expect(received.every((each) => each.endsWith('response'))).toBe(true)
})
