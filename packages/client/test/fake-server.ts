import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from '../../../test/support/listen.ts'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = (response: ServerResponse, seen: Seen) => void

/** A server that answers the n-th request by the n-th reply, and all further ones by the last. */
export async function startFakeServer(...replies: Reply[]) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body: await text(request) }
    seen.push(one)
    replies[Math.min(seen.length, replies.length) - 1]?.(response, one)
  })
  return { ...(await listen(server)), seen }
}

/** An answer with a JSON body, or none. */
export const answer =
  (status: number, body?: object, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }

/** An error as the service words it. */
export const problem = (status: number, error: string, headers: Record<string, string> = {}) =>
  answer(status, { status, error, message: `about ${error}` }, headers)

/** Hangs up instead of answering. */
export const hangUp: Reply = (response) => response.socket?.destroy()

/** Hangs up in the middle of the answer. */
export const hangUpMidBody =
  (status: number): Reply =>
  (response) => {
    response.writeHead(status, { 'content-length': '1000', etag: '"9"' })
    response.write('{"shopping_cart_id": "', () => response.socket?.destroy())
  }

/** Never answers. */
export const silence: Reply = () => {}
