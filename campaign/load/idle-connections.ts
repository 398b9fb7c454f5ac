import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const AT_ONCE = 100

/** Connections that send nothing, once all are established. */
export async function idleConnections(port: number, count: number): Promise<AsyncDisposable> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () =>
      connect(port, '127.0.0.1').on('error', () => {}),
    )
    sockets.push(...some)
    await Promise.allSettled(some.map((socket) => once(socket, 'connect')))
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
