import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A small service that answers as a cart service of other people does. */
export interface StandIn extends AsyncDisposable {
  readonly url: string
  /** Every request that arrived: method, path and body. */
  readonly requests: readonly string[]
}

export interface Asked {
  /** Method and path without the query. */
  readonly line: string
  readonly path: readonly string[]
  readonly body: unknown
  readonly headers: IncomingHttpHeaders
  /** Of this service. */
  readonly origin: string
}

export interface Answer {
  readonly status: number
  /** JSON; a text is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | string[]>>
}

/** @param tls key and certificate of a service over https */
export async function startStandIn(
  answer: (asked: Asked) => Answer | Promise<Answer>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<StandIn> {
  const requests: string[] = []
  const respond: RequestListener = async (request, response) => {
    const sent = await text(request)
    const { pathname } = new URL(request.url ?? '/', 'http://host')
    requests.push(`${request.method} ${request.url} ${sent}`.trim())
    const { status, body, headers } = await answer({
      line: `${request.method} ${pathname}`,
      path: pathname.split('/').slice(1).map(decodeURIComponent),
      body: sent === '' ? undefined : JSON.parse(sent),
      headers: request.headers,
      origin: `http://${request.headers.host}`,
    })
    const content = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(content)
  }
  const server = tls === undefined ? createServer(respond) : createTlsServer(tls, respond)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Fields of a JSON body. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return (body ?? {}) as Readonly<Record<string, unknown>>
}
