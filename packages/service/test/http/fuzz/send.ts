import { once } from 'node:events'
import { connect } from 'node:net'
import type { App } from '../../../src/http/route-context.ts'
import type { Request } from './request.ts'

export interface Answer {
  readonly status: number
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Send = (request: Request) => Promise<Answer>

/** Injects requests into the app without a network, so that no HTTP client refuses a header. */
export function injecting(app: App): Send {
  return async ({ method, url, headers, body }) => {
    const {
      statusCode,
      headers: answered,
      body: text,
    } = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...headers },
      ...(body !== undefined && { payload: body }),
    })
    const flat = Object.entries(answered).map(([name, value]) => [name, String(value)])
    return { status: statusCode, headers: Object.fromEntries(flat), body: text }
  }
}

/** Writes the exact bytes of each request to a new connection, half-closes it and reads the response. */
export function overSocket(port: number): Send {
  return async (request) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.end(bytesOf(request))
    await once(socket, 'close')
    return parseAnswer(Buffer.concat(chunks).toString())
  }
}

function bytesOf({ method, url, headers, body = Buffer.alloc(0) }: Request): Buffer {
  const framed = 'content-length' in headers || 'transfer-encoding' in headers
  const all = {
    host: 'localhost',
    ...headers,
    connection: 'close',
    ...(!framed && { 'content-length': String(body.length) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  // The bytes beyond a shorter length would be another request, whose refusal may come before the response to this one.
  const length = Number(headers['content-length'] ?? body.length)
  return Buffer.concat([Buffer.from(head), length < body.length ? body.subarray(0, length) : body])
}

/** The first response in `text` that is not interim (1xx). */
export function parseAnswer(text: string): Answer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1])
  if (end === -1 || Number.isNaN(status)) throw new Error(`no HTTP answer: ${JSON.stringify(text)}`)
  const rest = text.slice(end + 4)
  if (status < 200) return parseAnswer(rest)
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  const length = Number(headers['content-length'] ?? 0)
  return { status, headers, body: Buffer.from(rest).subarray(0, length).toString() }
}
