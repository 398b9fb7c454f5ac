import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Asset } from './assets.ts'
import { type Refusal, SECURITY_HEADERS } from './protection.ts'

export function sendAsset(response: ServerResponse, { type, body }: Asset): void {
  response
    .writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': type,
      'content-encoding': 'gzip',
      'content-length': body.length,
    })
    .end(body)
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

export function refuse(response: ServerResponse, { status, error }: Refusal): void {
  if (response.headersSent) response.destroy()
  else sendJson(response, status, { error })
}

/** @returns `undefined` if it is longer than `limit` bytes */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
