import { CartError } from '../cart/errors.ts'
import type { App } from './route-context.ts'

/**
 * Makes closing graceful: from the moment `app.close()` is called, requests in flight may finish while new
 * ones, on old or new connections, are refused with SHUTTING_DOWN; then the listener ends. Without this
 * Node would reset idle connections at once, and a request that just left the client would be lost.
 *
 * @param timeoutMs how long to wait for requests in flight
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
    // Not the onResponse hook: it does not run when the client is cut off before its body was read.
    reply.raw.on('close', over)
    if (!closing) return done()
    reply.header('connection', 'close')
    done(new CartError('SHUTTING_DOWN'))
  })
  app.addHook('preClose', async () => {
    closing = true
    // Also when nothing is in flight: a head or body that never arrives whole would keep the listener open for ever,
    // since Node looks for late requests no more once it is closing.
    setTimeout(() => {
      drained()
      app.server.closeAllConnections()
    }, timeoutMs).unref()
    if (inFlight === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    drained = resolve
    await promise
    // Answered connections would otherwise linger for their keep-alive time.
    setImmediate(() => app.server.closeIdleConnections())
  })
}
