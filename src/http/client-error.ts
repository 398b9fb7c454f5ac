import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problemOf, toCartError } from './problem.ts'

/**
 * Answers what is not even HTTP (a garbled request line, oversized headers, a request that does not
 * end): there is no request to reply to yet, so the bytes are written by hand and the connection ends.
 */
export function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const known = toCartError({
    code: error.code,
    statusCode: 400,
    message: 'The request is not valid HTTP.',
  })
  const body = JSON.stringify(problemOf(known, randomUUID()))
  socket.end(
    [
      `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
