import { createCarts } from '../support/create-carts.ts'
import { openKeepAlive, requestBytes } from '../support/keep-alive.ts'

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
    (await createCarts(url, CONNECTIONS)).map(async (path) => ({
      connection: await openKeepAlive(url),
      request: requestBytes(host, 'GET', path, ''),
    })),
  )
  return {
    async send(requests) {
      let left = requests
      await Promise.all(
        opened.map(async ({ connection, request }) => {
          while (left > 0) {
            signal.throwIfAborted()
            left -= 1
            const status = await connection.send(request)
            if (status !== 200) throw new Error(`a read returned status ${status}`)
          }
        }),
      )
    },
    close() {
      for (const { connection } of opened) connection.close()
    },
  }
}
