import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** An address of a service that can be known before the service starts. */
export interface Relay extends AsyncDisposable {
  readonly url: string
  /** Passes connections on to that service from now on; without one, they are closed. */
  connectTo(url: string | undefined): void
}

export async function startRelay(): Promise<Relay> {
  const sockets = new Set<Socket>()
  let port: number | undefined
  const server = createServer((client) => {
    if (port === undefined) {
      client.destroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true).on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectTo(url) {
      port = url === undefined ? undefined : Number(new URL(url).port)
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
