import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { CartError } from '../../cart/errors.ts'
import { problemOf, toCartError } from '../problem.ts'

/** How long a client may take to close its connection after such a response. */
const LINGER_MS = 1000

/**
 * Responds to input that is not a valid HTTP request (a malformed request line, oversized headers, a request that does not
 * end). There is no request object to reply to, so this writes the bytes of the response and closes the connection. Closing it at
 * once would reset it, and the client could lose the response; a client that has vanished never closes its end.
 */
export function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  if (!socket.writable) {
    // There may be several errors in what has arrived, and responses to send before them.
    socket.destroySoon()
    return
  }
  const { code } = toCartError({ code: error.code, statusCode: 400 })
  const known =
    code === 'BAD_REQUEST'
      ? new CartError(code, 'The request is not valid HTTP.')
      : new CartError(code)
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => clearTimeout(lingering))
  const requestId = randomUUID()
  const body = JSON.stringify(problemOf(known, requestId))
  socket.end(
    [
      `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}`,
      'content-type: application/problem+json',
      'cache-control: no-store',
      `x-request-id: ${requestId}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
