import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Tls } from '../../cart-api/exchange.ts'
import { BadHttpError, createResponseParser, type ParsedResponse } from './response-parser.ts'

/** The address of a service. */
export interface Endpoint {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  readonly tls?: Tls | undefined
}

/**
 * A response, or why there is none: `timeout`, `closed`, `bad_http` (with the reason in words) or the code of a system
 * error, such as ECONNRESET.
 */
export type Reply = ParsedResponse | { readonly failure: string; readonly reason?: string }

/** One keep-alive connection, for one request at a time. A request opens it if it is closed. */
export interface Connection {
  /** Sends bytes (latin1) and calls `onReply` exactly once. Only while no other request is in flight. */
  send(request: string, onReply: (reply: Reply) => void): void
  /** Opens it in advance; resolves when it is open or could not be opened. */
  open(): Promise<void>
  /** Ends a request from before `sentBefore` (`performance.now()`) as a timeout. */
  expire(sentBefore: number): void
  /** Closes it; a request in flight gets the failure `closed`. */
  close(): void
}

const READ_BUFFER = 64 * 1024
const CONNECT_FAILURES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])
/** Pause after a connection could not be opened: thousands of failures per second would show no more. */
const RECONNECT_MS = 100
/**
 * An idle connection is dropped so long before the server closes it, so that no request coincides with the close: half of
 * the announced time, and at most this.
 */
const MAX_IDLE_MARGIN_MS = 1000

interface Pending {
  readonly onReply: (reply: Reply) => void
  readonly sentAt: number
}

/** @param keepsBody by the status, whether the body of a response is kept */
export function createConnection(
  endpoint: Endpoint,
  keepsBody: (status: number) => boolean,
  onOpened: () => void,
): Connection {
  let socket: Socket | undefined
  let parser = createResponseParser(keepsBody)
  let pending: Pending | undefined
  let usableUntil = Number.POSITIVE_INFINITY

  function open(): Socket {
    parser = createResponseParser(keepsBody)
    usableUntil = Number.POSITIVE_INFINITY
    const opened = dial(endpoint, (bytes) => {
      if (socket === opened) receive(bytes)
    })
    opened.once(endpoint.secure ? 'secureConnect' : 'connect', onOpened)
    opened.on('error', (error: NodeJS.ErrnoException) => lose(opened, codeOf(error)))
    opened.on('end', () => {
      if (socket === opened) finishAtEnd(opened)
    })
    opened.on('close', () => lose(opened, 'closed'))
    socket = opened
    return opened
  }

  function receive(bytes: Buffer): void {
    try {
      const response = parser.push(bytes)
      if (response === null) return
      if (!response.keepAlive || pending === undefined) drop()
      else if (response.idleSeconds !== null)
        usableUntil = performance.now() + usableMs(response.idleSeconds)
      reply(response)
    } catch (error) {
      if (!(error instanceof BadHttpError)) throw error
      drop()
      reply({ failure: 'bad_http', reason: error.message })
    }
  }

  function finishAtEnd(ended: Socket): void {
    const response = parser.end()
    if (response === null) {
      lose(ended, 'closed')
      return
    }
    drop()
    reply(response)
  }

  function lose(lost: Socket, failure: string): void {
    if (socket !== lost) return
    drop()
    if (!CONNECT_FAILURES.has(failure)) {
      reply({ failure })
      return
    }
    const request = pending
    setTimeout(() => {
      if (pending === request) reply({ failure })
    }, RECONNECT_MS)
  }

  function drop(): void {
    socket?.destroy()
    socket = undefined
  }

  function reply(response: Reply): void {
    const request = pending
    pending = undefined
    request?.onReply(response)
  }

  return {
    send(request, onReply) {
      const now = performance.now()
      pending = { onReply, sentAt: now }
      if (now > usableUntil) drop()
      ;(socket ?? open()).write(request, 'latin1')
    },
    open: () =>
      new Promise((resolve) => {
        const opened = open()
        opened.once(endpoint.secure ? 'secureConnect' : 'connect', resolve).once('close', resolve)
      }),
    expire(sentBefore) {
      if (pending === undefined || pending.sentAt >= sentBefore) return
      drop()
      reply({ failure: 'timeout' })
    },
    close() {
      drop()
      reply({ failure: 'closed' })
    },
  }
}

/** One buffer for all reads of a connection: reading a stream costs a buffer and an event each time. */
function dial(
  { secure, host, port, tls = {} }: Endpoint,
  onBytes: (bytes: Buffer) => void,
): Socket {
  if (secure) {
    const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
    const trust = {
      rejectUnauthorized: tls.insecure !== true,
      ...(tls.ca !== undefined && { ca: tls.ca }),
    }
    const socket = connectTls({ host, port, ALPNProtocols: ['http/1.1'], ...servername, ...trust })
    return socket.setNoDelay(true).on('data', onBytes)
  }
  const buffer = Buffer.allocUnsafeSlow(READ_BUFFER)
  const onread = {
    buffer,
    callback(bytes: number) {
      onBytes(buffer.subarray(0, bytes))
      return true
    },
  }
  return connect({ host, port, noDelay: true, onread })
}

function usableMs(idleSeconds: number): number {
  const ms = idleSeconds * 1000
  return ms - Math.min(MAX_IDLE_MARGIN_MS, ms / 2)
}

function codeOf(error: NodeJS.ErrnoException): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0] as NodeJS.ErrnoException)
  return error.code ?? 'unknown'
}
