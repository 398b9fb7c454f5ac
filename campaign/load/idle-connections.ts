import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Connections that send nothing. */
export async function idleConnections(port: number, count: number): Promise<AsyncDisposable> {
  const sockets: Socket[] = []
  for (let at = 0; at < count; at++) {
    sockets.push(connect(port, '127.0.0.1').on('error', () => {}))
    if (at % 100 === 99) await sleep(10)
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
