import { CartError } from '../cart/errors.ts'
import type { App } from './route-context.ts'

/**
 * Makes closing graceful. When `app.close()` is called, requests in flight may finish, and new requests, on old or new
 * connections, are refused with SHUTTING_DOWN. Then the listener closes. Without this, Node would reset idle connections at
 * once, and a request that has just left its client would be lost.
 *
 * @param timeoutMs maximum time for requests in flight
 */
export function installDrain(app: App, timeoutMs: number): void {
  let closing = false
  let inFlight = 0
  let drained = () => {}

  const over = () => {
    inFlight -= 1
    if (inFlight === 0) drained()
  }
  app.addHook('onRequest', (_request, reply, done) => {
    inFlight += 1
    // Not the onResponse hook, which does not run when the connection is lost before the body was read.
    reply.raw.on('close', over)
    if (!closing) return done()
    reply.header('connection', 'close')
    done(new CartError('SHUTTING_DOWN'))
  })
  app.addHook('preClose', async () => {
    closing = true
    // Also when nothing is in flight: a request that never arrives completely would keep the listener open for ever,
    // because Node stops looking for late requests while closing.
    setTimeout(() => {
      drained()
      app.server.closeAllConnections()
    }, timeoutMs).unref()
    if (inFlight === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    drained = resolve
    await promise
    // Connections whose last response was sent would otherwise stay open for their keep-alive time.
    setImmediate(() => app.server.closeIdleConnections())
  })
}
