import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { gatherWrites } from './gather-writes.ts'

/** A connection of a client. */
export interface Connection {
  readonly socket: Socket
  /** By `performance.now()`. */
  readonly acceptedAt: number
  /** The response that is being worked on or sent, if there is one. */
  response: ServerResponse | undefined
  /** Requests that arrived while the connection had a response in progress. */
  readonly waiting: [IncomingMessage, ServerResponse][]
  /** The response for which a time limit without progress has been set; Node sets its own after each. */
  timed: ServerResponse | undefined
  /** Bytes received when the most recent response had been sent. */
  bytesBefore: number
}

/** Whether no request is in progress, waiting or arriving. */
export function isIdle({ socket, response, waiting, bytesBefore }: Connection): boolean {
  return response === undefined && waiting.length === 0 && socket.bytesRead === bytesBefore
}

/** Whether a part of a request has arrived, its headers or its body, and no response has begun. */
export function isArriving({ socket, response, waiting, bytesBefore }: Connection): boolean {
  if (response !== undefined) return !response.req.complete && !response.headersSent
  return waiting.length === 0 && socket.bytesRead !== bytesBefore
}

export interface OpenConnections {
  readonly all: ReadonlySet<Connection>
  /** Called before a request is worked on. */
  onTurn(listener: (request: IncomingMessage, response: ServerResponse) => void): void
  /** Writes the responses that have ended in this turn of the event loop. Call it before connections are destroyed. */
  makeWrites(): void
}

/** Requests that a connection may have sent ahead of their responses. Browsers and proxies send none. */
const MAX_WAITING = 100
/** How often stalled responses are looked for. */
const LOOK_MS = 1000

/**
 * Bounds what one connection can make the service hold: it works on the requests of a connection one after another, and begins
 * the next one when the client's system has taken the response before. 21 KB of lists whose responses are never read otherwise
 * took 1.1 GB. A connection that sends too many requests ahead, or takes no byte of a response for too long, is closed.
 *
 * Call it when `server` has its listener of requests.
 *
 * @param stalledMs maximum time without progress of a response
 */
export function openConnections(server: Server, stalledMs: number): OpenConnections {
  const all = new Set<Connection>()
  const connections = new WeakMap<Socket, Connection>()
  const listeners: ((request: IncomingMessage, response: ServerResponse) => void)[] = []
  const [handle] = server.listeners('request')

  function begin(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    connection.response = response
    response.on('close', ended)
    for (const listener of listeners) listener(request, response)
    handle?.call(server, request, response)
  }

  /** One listener for all responses. */
  function ended(this: ServerResponse): void {
    const connection = connections.get(this.req.socket)
    if (connection === undefined) return
    connection.response = undefined
    connection.bytesBefore = connection.socket.bytesRead
    // Refused before its body had arrived: the rest of it is no further request.
    if (!this.req.complete)
      this.req.once('end', () => {
        connection.bytesBefore = connection.socket.bytesRead
      })
    const { socket, waiting } = connection
    // After a response with `Connection: close`, Node has ended the socket: a change that came after it must not be made, because
    // its client gets no response and may send it again.
    if (!socket.writable) waiting.length = 0
    const next = waiting.shift()
    if (next !== undefined) begin(connection, ...next)
  }

  function look(): void {
    for (const connection of all) {
      const { socket, response, timed } = connection
      const isSending = response?.headersSent === true && socket.writableLength > 0
      // The timer of a socket knows whether a large write makes progress.
      if (isSending && timed !== response) socket.setTimeout(stalledMs)
      connection.timed = isSending ? response : undefined
    }
  }

  const makeWrites = gatherWrites(server, () => all.size === 1)
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket)
    if (connection === undefined) handle?.call(server, request, response)
    else if (connection.response === undefined) begin(connection, request, response)
    else if (connection.waiting.length < MAX_WAITING) connection.waiting.push([request, response])
    else request.socket.destroy()
  })
  server.on('connection', (socket) => {
    const connection: Connection = {
      socket,
      acceptedAt: performance.now(),
      response: undefined,
      waiting: [],
      timed: undefined,
      bytesBefore: 0,
    }
    all.add(connection)
    connections.set(socket, connection)
    socket.once('close', () => all.delete(connection))
  })
  const looking = setInterval(look, Math.min(LOOK_MS, stalledMs)).unref()
  server.once('close', () => clearInterval(looking))
  return { all, onTurn: (listener) => listeners.push(listener), makeWrites }
}
