import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'
import { READY_PATH } from '../routes/health.ts'
import { closeListener } from './close-listener.ts'
import { isArriving, isIdle, type OpenConnections } from './open-connections.ts'

export interface DrainOptions {
  /** How long connections are still accepted, and connections without a request still served. */
  readonly graceMs: number
  /** Maximum time for requests in flight. */
  readonly timeoutMs: number
  /** Maximum time for a request to arrive. */
  readonly requestMs: number
}

const LOOK_MS = 50

/**
 * Makes closing lose no request. When `app.close()` is called:
 *
 * - Readiness checks are refused with SHUTTING_DOWN, so that a proxy that makes them stops connecting.
 * - Every response says `Connection: close`, so that clients and proxies connect anew, to another instance if they know one.
 * - Connections are still accepted for `graceMs`: to close the listener resets connections that the system has established and
 *   Node has not accepted, and clients learn of a stop only some time after it.
 * - Then the listener closes. A connection that has had no request for `graceMs` closes, because one that has just left its
 *   client would be lost. What arrives later is refused with SHUTTING_DOWN.
 * - A request that has not arrived `requestMs` after the begin of the stop is refused with REQUEST_TIMEOUT, as before it: Node no longer looks.
 * - After `timeoutMs`, whatever is left is cut. If that is shorter than the grace, so is the grace.
 */
export function installDrain(
  app: App,
  connections: OpenConnections,
  { graceMs, timeoutMs, requestMs }: DrainOptions,
): void {
  const { server } = app
  let closingSince = Number.POSITIVE_INFINITY
  let graceOver = false
  const isClosing = () => closingSince !== Number.POSITIVE_INFINITY

  connections.onTurn((_request, response) => {
    if (isClosing()) response.shouldKeepAlive = false
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const isRefused = graceOver || (isClosing() && request.state.route.url === READY_PATH)
    done(isRefused ? new CartError('SHUTTING_DOWN') : undefined)
  })

  function refuseArriving(): void {
    for (const connection of connections.all)
      if (connection.socket.writable && isArriving(connection))
        server.emit('clientError', new RequestTimeout('late request'), connection.socket)
  }

  /** @param now since when the event loop has read what had arrived */
  function closeIdle(now: number): void {
    graceOver = now >= closingSince + 2 * graceMs
    if (now >= closingSince + Math.min(requestMs, timeoutMs)) refuseArriving()
    if (now >= closingSince + timeoutMs) {
      connections.makeWrites()
      server.closeAllConnections()
    }
    for (const connection of connections.all) {
      const { acceptedAt, socket } = connection
      const isOver = hadItsGrace(acceptedAt, { closingSince, graceMs, now })
      if (isOver && isIdle(connection)) socket.destroySoon()
    }
  }

  app.addHook('preClose', async () => {
    closingSince = performance.now()
    for (const { response } of connections.all)
      if (response?.headersSent === false) response.shouldKeepAlive = false
    // Node's `close` would call it at once. It would also cut responses that are not sent completely.
    server.closeIdleConnections = () => {}
    if (!server.listening) return
    await new Promise((resolve) => setTimeout(resolve, Math.min(graceMs, timeoutMs)))
    await closeListener(server)
    // After the event loop has read what has arrived: a timer runs before that, and a process that was busy would close connections
    // whose requests it has not read.
    const look = () => setImmediate(closeIdle, performance.now())
    const looking = setInterval(look, LOOK_MS)
    look()
    server.once('close', () => clearInterval(looking))
  })
}

/** As Node reports it. */
class RequestTimeout extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT'
}

/** Whether a connection has been served for the whole grace, all times in milliseconds of one clock. */
export function hadItsGrace(
  acceptedAt: number,
  { closingSince, graceMs, now }: Record<'closingSince' | 'graceMs' | 'now', number>,
): boolean {
  return now >= Math.max(acceptedAt, closingSince) + graceMs
}
