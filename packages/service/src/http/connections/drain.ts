import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'
import { isIdle, type OpenConnections } from './open-connections.ts'

export interface DrainOptions {
  /** How long connections without a request are still served. */
  readonly graceMs: number
  /** Maximum time for requests in flight. */
  readonly timeoutMs: number
}

const LOOK_MS = 50

/**
 * Makes closing lose no request. When `app.close()` is called:
 *
 * - The listener closes at once, so that a proxy sends new connections elsewhere.
 * - Every response says `Connection: close`. Node would reset connections without a request at once, and a request that has just
 *   left its client would be lost; they are served for `graceMs`.
 * - After that, connections close when they have no request, and what still arrives is refused with SHUTTING_DOWN.
 * - After `timeoutMs`, whatever is left is cut.
 */
export function installDrain(
  app: App,
  connections: OpenConnections,
  { graceMs, timeoutMs }: DrainOptions,
): void {
  const { server } = app
  let closing = false
  let graceOver = false

  connections.onTurn((_request, response) => {
    if (closing) response.shouldKeepAlive = false
  })
  app.addHook('onRequest', (_request, _reply, done) =>
    done(graceOver ? new CartError('SHUTTING_DOWN') : undefined),
  )
  app.addHook('preClose', async () => {
    closing = true
    // Connections that the system has established and Node has not accepted would be reset with the listener.
    await nextTurn()
    await nextTurn()
    for (const { response } of connections.all)
      if (response?.headersSent === false) response.shouldKeepAlive = false
    // Node's `close` would call it at once. It would also cut responses that are not sent completely.
    server.closeIdleConnections = () => {}
    const closeIdle = () => {
      for (const connection of connections.all)
        if (isIdle(connection)) connection.socket.destroySoon()
    }
    let looking: NodeJS.Timeout | undefined
    const grace = setTimeout(
      () => {
        graceOver = true
        closeIdle()
        looking = setInterval(closeIdle, LOOK_MS)
      },
      Math.min(graceMs, timeoutMs),
    )
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
    server.once('close', () => {
      clearInterval(looking)
      clearTimeout(grace)
      clearTimeout(cut)
    })
  })
}

/** Resolves when the event loop has handled what is ready. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
