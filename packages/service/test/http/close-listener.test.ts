import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeListener, holdBacklog } from '../../src/http/connections/close-listener.ts'

/**
 * A client in a thread, so that it connects while the thread of the server does not reach its event loop. It sets the first number of
 * `shared` when the system has its handshake, and the second when it is established.
 */
const CLIENT = `
const { connect } = require('node:net')
const { workerData: { port, shared }, parentPort } = require('node:worker_threads')
const mark = (place) => { Atomics.store(shared, place, 1); Atomics.notify(shared, place) }
parentPort.once('message', () => {
  const socket = connect(port, '127.0.0.1', () => mark(1))
  socket.on('error', ({ code }) => parentPort.postMessage(code))
  socket.on('data', (data) => parentPort.postMessage(String(data)))
  setImmediate(() => mark(0))
})`

interface Client {
  /** Blocks this thread until the client has begun to connect, or is established. */
  connect(until: 'begun' | 'established'): void
  /** What it was sent, or the code of its error. */
  readonly outcome: Promise<unknown>
}

let server: Server
let accepted: Socket[]
let stop: () => Promise<unknown>

beforeEach(async () => {
  accepted = []
  server = createServer((socket) => accepted.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  await stop()
  for (const socket of accepted) socket.destroy()
  if (server.listening) server.close()
})

async function openClient(): Promise<Client> {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const { port } = server.address() as AddressInfo
  const worker = new Worker(CLIENT, { eval: true, workerData: { port, shared } })
  stop = () => worker.terminate()
  await once(worker, 'online')
  return {
    connect(until) {
      worker.postMessage('connect')
      Atomics.wait(shared, until === 'begun' ? 0 : 1, 0)
    },
    outcome: once(worker, 'message').then(([outcome]) => outcome),
  }
}

describe.skipIf(process.platform !== 'linux')('closing a listener', () => {
  it('lets nobody be established between the look and the close', async () => {
    const client = await openClient()
    const held = await holdBacklog(server)
    client.connect('begun')
    server.close()
    held.release()
    expect(held.isHeld).toBe(true)
    expect(await client.outcome).toBe('ECONNREFUSED')
  })

  it('sees who waits for being accepted', async () => {
    const client = await openClient()
    client.connect('established')
    const held = await holdBacklog(server)
    held.release()
    expect(held.isHeld).toBe(false)
  })

  it('accepts who waits before it closes', async () => {
    const client = await openClient()
    server.on('connection', (socket) => socket.write('accepted'))
    client.connect('established')
    await closeListener(server)
    expect(server.listening).toBe(false)
    expect(await client.outcome).toBe('accepted')
  })

  it('accepts others again after a look', async () => {
    const client = await openClient()
    server.on('connection', (socket) => socket.write('accepted'))
    const held = await holdBacklog(server)
    held.release()
    client.connect('begun')
    expect(await client.outcome).toBe('accepted')
  })
})
