import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROCESS = fileURLToPath(new URL('./slow-proxy-process.ts', import.meta.url))

/**
 * A TCP proxy on loopback that delays what is sent to the server; the order stays. It is a separate process, because the delays
 * of a busy one would be taken for those of the database.
 */
export async function startSlowProxy(
  target: number,
  delayMs: number,
): Promise<AsyncDisposable & { readonly port: number; readonly pid: number }> {
  const child = fork(PROCESS, [`${target}`, `${delayMs}`], { execArgv: [] })
  const exited = once(child, 'exit')
  const port = await Promise.race([
    once(child, 'message').then(([message]) => message as number),
    exited.then(() => {
      throw new Error('the proxy before the database has ended')
    }),
  ])
  return {
    port,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
