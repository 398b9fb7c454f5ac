import type { Server } from 'node:http'
import { Socket } from 'node:net'

type Done = (error?: Error | null) => void
type Chunks = { readonly chunk: unknown; readonly encoding: BufferEncoding }[]

/** The one write that a stream has in progress at a time. */
interface Write {
  readonly socket: Socket
  /** One chunk, or several with their encodings. */
  readonly data: unknown
  readonly encoding: BufferEncoding | undefined
  readonly done: Done
}

/**
 * Hands the responses of one turn of the event loop to the system one right after another, at its end. To wake the receiver took 13 % of
 * the CPU of a read on the memory store, because it falls asleep between two responses that are 20 microseconds apart. Gathered, a
 * read takes half of the time in the kernel, and 0.93 (memory) and 0.87 (PostgreSQL) times the CPU (64 connections, 2026-12-01).
 *
 * A stream may make its write later, so a socket still writes in order, and reports that a response is sent when it is.
 *
 * @param isOnly whether there is one connection only; then nothing is gained, and the write is made at once
 */
export function gatherWrites(server: Server, isOnly: () => boolean): void {
  let gathered: Write[] = []

  function make({ socket, data, encoding, done }: Write): void {
    const { _write, _writev } = Socket.prototype
    if (encoding === undefined) _writev?.call(socket, data as Chunks, done)
    else _write.call(socket, data, encoding, done)
  }

  function makeAll(): void {
    const writes = gathered
    gathered = []
    for (const write of writes) make(write)
  }

  function add(write: Write): void {
    if (isOnly()) {
      make(write)
      return
    }
    if (gathered.length === 0) setImmediate(makeAll)
    gathered.push(write)
  }

  function write(this: Socket, data: unknown, encoding: BufferEncoding, done: Done): void {
    add({ socket: this, data, encoding, done })
  }

  function writev(this: Socket, data: Chunks, done: Done): void {
    add({ socket: this, data, encoding: undefined, done })
  }

  server.on('connection', (socket) => Object.assign(socket, { _write: write, _writev: writev }))
}
