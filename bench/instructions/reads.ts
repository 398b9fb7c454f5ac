import { LINES } from '../carts.ts'
import { type KeepAlive, openKeepAlive, requestBytes } from '../support/keep-alive.ts'

/** Reads of carts of five lines on 64 connections, each of which sends its next request when the previous response arrives. */
export interface Reads {
  /** @throws Error if a response is not 200, or after an abort */
  send(requests: number): Promise<void>
  close(): void
}

const CONNECTIONS = 64

/** Creates one cart per connection. */
export async function openReads(url: string, signal: AbortSignal): Promise<Reads> {
  const { host } = new URL(url)
  const opened = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, i) => {
      const path = await createCart(url, i + 1, signal)
      const connection: KeepAlive = await openKeepAlive(url)
      return { connection, request: requestBytes(host, 'GET', path, '') }
    }),
  )
  return {
    async send(requests) {
      let left = requests
      await Promise.all(
        opened.map(async ({ connection, request }) => {
          for (; left > 0; ) {
            signal.throwIfAborted()
            left -= 1
            const status = await connection.send(request)
            if (status !== 200) throw new Error(`a read was answered with ${status}`)
          }
        }),
      )
    },
    close() {
      for (const { connection } of opened) connection.close()
    },
  }
}

/** @returns the path of the cart */
async function createCart(url: string, customer: number, signal: AbortSignal): Promise<string> {
  const post = async (path: string, body: object): Promise<Response> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
    if (!response.ok) throw new Error(`a cart was answered with ${response.status}`)
    return response
  }
  const created = await post('/shopping-carts', { customer_id: customer })
  const { shopping_cart_id: id } = (await created.json()) as { shopping_cart_id: string }
  const items = Array.from({ length: LINES }, (_, i) => ({ product_id: i + 1, quantity: 1 }))
  await (await post(`/shopping-carts/${id}/items`, { items })).arrayBuffer()
  return `/shopping-carts/${id}`
}
