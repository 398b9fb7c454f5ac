import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Pool } from 'undici'

/** A cart service with a lost-update bug, in front of a correct one. */
export interface FaultyService extends AsyncDisposable {
  readonly url: string
}

const ADD = /^\/shopping-carts\/[^/]+\/items$/
/** Headers of one connection. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'host',
])

interface Line {
  readonly product_id: number | string
  readonly quantity: number
}

/**
 * Starts a proxy on a loopback port that adds to a line in two steps: it reads the cart, and writes back the sum. Between
 * the two, another add is lost, which is the most frequent fault of real carts. Everything else passes unchanged.
 */
export async function startLostUpdates(target: string): Promise<FaultyService> {
  const pool = new Pool(target, { connections: 64, allowH2: false })

  async function pass(
    method: string,
    path: string,
    headers: Headers,
    body: Buffer | string | null,
  ) {
    const answer = await pool.request({
      method: method as 'GET',
      path,
      headers,
      body: body !== null && body.length > 0 ? body : null,
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: Buffer.from(await answer.body.arrayBuffer()),
    }
  }

  async function add(path: string, headers: Headers, body: Buffer) {
    const requested: Partial<Line> & { items?: readonly Line[] } = JSON.parse(body.toString())
    const { product_id: id, quantity = 1 } = requested
    const lines = requested.items ?? (id === undefined ? [] : [{ product_id: id, quantity }])
    const read = await pass('GET', path.replace(/\/items$/, ''), {}, null)
    if (read.status !== 200 || lines.length === 0) return pass('POST', path, headers, body)
    const cart: { items: readonly Line[] } = JSON.parse(read.body.toString())
    let last = read
    for (const { product_id, quantity } of lines) {
      const before = cart.items.find((line) => line.product_id === product_id)?.quantity ?? 0
      const text = JSON.stringify({ quantity: before + quantity })
      // A key belongs to one request; a batch makes several.
      const { 'idempotency-key': _, ...unkeyed } = headers
      const sent = { ...unkeyed, 'content-type': 'application/json' }
      last = await pass('PUT', `${path}/${encodeURIComponent(product_id)}`, sent, text)
      if (last.status >= 300) break
    }
    return last
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request
    const headers = headersOf(request)
    const body = await buffer(request)
    const isAdd = method === 'POST' && ADD.test(url)
    const answer = await (isAdd ? add(url, headers, body) : pass(method, url, headers, body))
    const sent = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name))
    response
      .writeHead(answer.status, {
        ...Object.fromEntries(sent),
        ...(answer.status === 204 ? {} : { 'content-length': answer.body.length }),
      })
      .end(answer.body)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.socket?.destroy())
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await pool.destroy()
    },
  }
}

type Headers = Record<string, string>

function headersOf({ headers }: IncomingMessage): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value !== 'string' || HOP_BY_HOP.has(name) ? [] : [[name, value]],
    ),
  )
}
