import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeListener, holdQueue } from '../../src/http/connections/close-listener.ts'

/**
 * Clients in a thread, so that they connect while the thread of the server does not reach its event loop. The first number of `shared` is 1
 * when the system has their handshakes, and the second is how many are established.
 */
const CLIENTS = `
const { connect } = require('node:net')
const { workerData: { port, shared }, parentPort } = require('node:worker_threads')
const add = (place) => { Atomics.add(shared, place, 1); Atomics.notify(shared, place) }
parentPort.once('message', (count) => {
  for (let i = 0; i < count; i++) {
    const socket = connect(port, '127.0.0.1', () => add(1))
    socket.on('error', ({ code }) => parentPort.postMessage(code))
    socket.on('data', (data) => parentPort.postMessage(String(data)))
  }
  setImmediate(() => add(0))
})`

interface Clients {
  /** Blocks this thread until so many clients have begun to connect. */
  begin(count: number): void
  /** The same until they are established. */
  establish(count: number): void
  /** What the first was sent, or the code of its error. */
  readonly outcome: Promise<unknown>
}

let server: Server
let accepted: Socket[]
let stop: () => Promise<unknown>

beforeEach(async () => {
  accepted = []
  await listenAt('127.0.0.1')
})

afterEach(async () => {
  await stop()
  for (const socket of accepted) socket.destroy()
  if (server.listening) server.close()
})

async function listenAt(host: string): Promise<void> {
  if (server?.listening) server.close()
  server = createServer((socket) => accepted.push(socket.on('error', () => {})))
  server.listen(0, host)
  await once(server, 'listening')
}

async function openClients(): Promise<Clients> {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const { port } = server.address() as AddressInfo
  const worker = new Worker(CLIENTS, { eval: true, workerData: { port, shared } })
  stop = () => worker.terminate()
  await once(worker, 'online')
  return {
    begin(count) {
      worker.postMessage(count)
      Atomics.wait(shared, 0, 0)
    },
    establish(count) {
      worker.postMessage(count)
      for (let now = 0; now < count; now = Atomics.load(shared, 1))
        // The system gives up a handshake after minutes only.
        if (Atomics.wait(shared, 1, now, 20_000) === 'timed-out')
          throw new Error(`${now} of ${count} are established`)
    },
    outcome: once(worker, 'message').then(([outcome]) => outcome),
  }
}

describe.skipIf(process.platform !== 'linux')('closing a listener', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::'])(
    'at %s lets nobody be established between the look and the close',
    async (host) => {
      await listenAt(host)
      const clients = await openClients()
      const held = await holdQueue(server)
      clients.begin(1)
      server.close()
      held.release()
      expect(held.isHeld).toBe(true)
      expect(await clients.outcome).toBe('ECONNREFUSED')
    },
  )

  it.each([1, 2])('sees who waits for being accepted: %i', async (count) => {
    const clients = await openClients()
    clients.establish(count)
    const held = await holdQueue(server)
    held.release()
    expect(held.isHeld).toBe(false)
  })

  it('accepts who waits before it closes', async () => {
    const clients = await openClients()
    server.on('connection', (socket) => socket.write('accepted'))
    clients.establish(1)
    await closeListener(server)
    expect(server.listening).toBe(false)
    expect(await clients.outcome).toBe('accepted')
  })

  it('leaves room for others after a look', async () => {
    const clients = await openClients()
    const held = await holdQueue(server)
    held.release()
    // The two of the look still wait, so these need the backlog of before.
    clients.establish(5)
    expect(held.isHeld).toBe(true)
  })
})
