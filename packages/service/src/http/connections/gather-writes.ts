import type { Server } from 'node:http'
import { Socket } from 'node:net'

type Done = (error?: Error | null) => void
type Chunks = Parameters<NonNullable<Socket['_writev']>>[0]

/**
 * Hands the responses of one turn of the event loop to the system one right after another, at its end. A receiver that finds nothing to
 * read between two responses falls asleep, and to wake it takes longer than anything else in the write of a response.
 *
 * A stream may make its write later, so each connection still writes in order, and a response counts as sent when it is. A connection
 * that is destroyed in the same turn loses its response: call the returned function before.
 *
 * @param isOnly whether there is one connection only; then nothing is gained, and the write is made at once
 * @returns makes the writes that are due now
 */
export function gatherWrites(server: Server, isOnly: () => boolean): () => void {
  const { _write, _writev } = Socket.prototype as Required<Socket>
  let due: (() => void)[] = []

  function makeAll(): void {
    const writes = due
    due = []
    let made = 0
    try {
      for (const write of writes) {
        made += 1
        write()
      }
    } finally {
      // The callback of one has thrown, which must not concern other clients.
      for (const write of writes.slice(made)) add(write)
    }
  }

  function add(write: () => void): void {
    if (due.length === 0) setImmediate(makeAll)
    due.push(write)
  }

  function addOrMake(write: () => void): void {
    if (isOnly()) write()
    else add(write)
  }

  function write(this: Socket, chunk: unknown, encoding: BufferEncoding, done: Done): void {
    addOrMake(() => _write.call(this, chunk, encoding, done))
  }

  function writev(this: Socket, chunks: Chunks, done: Done): void {
    addOrMake(() => _writev.call(this, chunks, done))
  }

  server.on('connection', (socket) => Object.assign(socket, { _write: write, _writev: writev }))
  return makeAll
}
