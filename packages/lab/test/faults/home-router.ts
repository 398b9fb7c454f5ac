import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Listening, listen } from '../../../../test/support/listen.ts'

/** What a service with a home region for each cart would do, before one that has none: a model of it, not an implementation. */
export interface Homes {
  /** The region of each cart: the one that created it. */
  readonly ofCart: Map<string, string>
  /** The region of each create under a key: the one in which the first attempt arrived. */
  readonly ofKey: Map<string, string>
}

/**
 * A proxy before the service of one region. Creates stay in the region; changes, strong and session reads of a cart go to its home,
 * eventual reads and lists are served here. A cart that has not been copied yet is read from its home.
 */
export function startHomeRouter(own: string, homes: Homes): Promise<Listening> {
  return listen(
    createServer(async (request, response) => {
      const { method = 'GET', url = '/', headers } = request
      const body = method === 'GET' ? undefined : await buffer(request)
      const home = homeOf(request, own, homes)
      const ask = (host: string) => forward(host, { method, url, headers, body })
      let answer = await ask(isEventual(request) ? own : home)
      if (answer.status === 404 && isEventual(request) && home !== own) answer = await ask(home)
      if (isCreate(request) && answer.status === 201)
        homes.ofCart.set(String(JSON.parse(String(answer.body)).shopping_cart_id), home)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    }),
  )
}

const isCreate = ({ method, url }: IncomingMessage) =>
  method === 'POST' && /^\/shopping-carts\/?(\?|$)/.test(url ?? '')

const isEventual = ({ method, url = '' }: IncomingMessage) =>
  method === 'GET' && url.includes('consistency=eventual') && !/min_version=[1-9]/.test(url)

/** Where a request belongs; a key keeps the region of its first attempt. */
function homeOf(request: IncomingMessage, own: string, { ofCart, ofKey }: Homes): string {
  const id = /^\/shopping-carts\/([^/?]+)/.exec(request.url ?? '')?.[1]
  if (id !== undefined) return ofCart.get(id) ?? own
  const key = request.headers['idempotency-key']
  if (!isCreate(request) || key === undefined) return own
  const home = ofKey.get(String(key)) ?? own
  ofKey.set(String(key), home)
  return home
}

interface Forwarded {
  readonly method: string
  readonly url: string
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer | undefined
}

const DROPPED = /^(host|connection|content-length|transfer-encoding|keep-alive)$/

async function forward(host: string, { method, url, headers, body }: Forwarded) {
  const sent = Object.entries(headers).filter(([name]) => !DROPPED.test(name))
  const response = await fetch(`${host}${url}`, {
    method,
    headers: sent.map(([name, value]): [string, string] => [name, String(value)]),
    ...(body !== undefined && body.length > 0 && { body: String(body) }),
  })
  const kept = [...response.headers].filter(([name]) => !DROPPED.test(name))
  return {
    status: response.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await response.arrayBuffer()),
  }
}
