import { Server } from 'node:net'
import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'
import { READY_PATH } from '../routes/health.ts'
import { isIdle, type OpenConnections } from './open-connections.ts'

export interface DrainOptions {
  /** How long connections are still accepted, and connections without a request still served. */
  readonly graceMs: number
  /** Maximum time for requests in flight. */
  readonly timeoutMs: number
}

const close = (server: Server) => Server.prototype.close.call(server)
const LOOK_MS = 50
/** A turn of the event loop that is short enough for the listener to be closed at its end, and in which time it doubles. */
const SHORT_TURN_MS = 0.05
const DOUBLES_MS = 25
const MAX_LOOK_MS = 1000

/**
 * Makes closing lose no request. When `app.close()` is called:
 *
 * - Readiness checks are refused with SHUTTING_DOWN, so that a proxy that makes them stops connecting.
 * - Every response says `Connection: close`, so that clients and proxies connect anew, to another instance if they know one.
 * - Connections are still accepted for `graceMs`: to close the listener resets connections that the system has established and
 *   Node has not accepted, and clients learn of a stop only some time after it.
 * - Then the listener closes. A connection that has had no request for `graceMs` closes, because one that has just left its
 *   client would be lost. What arrives later is refused with SHUTTING_DOWN.
 * - After `timeoutMs`, whatever is left is cut. If that is shorter than the grace, so is the grace.
 */
export function installDrain(
  app: App,
  connections: OpenConnections,
  { graceMs, timeoutMs }: DrainOptions,
): void {
  const { server } = app
  let closingSince = Number.POSITIVE_INFINITY
  let graceOver = false
  const isClosing = () => closingSince !== Number.POSITIVE_INFINITY

  connections.onTurn((_request, response) => {
    if (isClosing()) response.shouldKeepAlive = false
  })
  app.addHook('onRequest', ({ routeOptions }, _reply, done) => {
    const isRefused = graceOver || (isClosing() && routeOptions.url === READY_PATH)
    done(isRefused ? new CartError('SHUTTING_DOWN') : undefined)
  })

  /** @param now since when the event loop has read what had arrived */
  function closeIdle(now: number): void {
    graceOver = now >= closingSince + 2 * graceMs
    if (now >= closingSince + timeoutMs) server.closeAllConnections()
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
    // Compiles the functions that will close the listener, which takes longer than they do.
    close(new Server())
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

/** Whether a connection has been served for the whole grace, all times in milliseconds of one clock. */
export function hadItsGrace(
  acceptedAt: number,
  { closingSince, graceMs, now }: Record<'closingSince' | 'graceMs' | 'now', number>,
): boolean {
  return now >= Math.max(acceptedAt, closingSince) + graceMs
}

/**
 * Closes the listener at the end of a turn of the event loop that accepted nothing and was short. (Node accepts one connection per
 * turn, so after any other more may be established.) The system resets connections that are established between that and
 * the close, which takes some 0.1 ms. When Fastify closed the listener, after this hook, 5 of 20 stops under 800 new connections
 * per second reset some. On a process that is so busy that no turn is short, a longer one must do: any that accepted nothing after
 * 0.4 s, any at all after `MAX_LOOK_MS`.
 */
function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const since = performance.now()
    let began = Number.NEGATIVE_INFINITY
    let accepted = 0
    const count = () => {
      accepted += 1
    }
    server.on('connection', count)

    function isQuiet(now: number): boolean {
      const elapsed = now - since
      if (elapsed > MAX_LOOK_MS) return true
      return accepted === 0 && now - began < SHORT_TURN_MS * 2 ** (elapsed / DOUBLES_MS)
    }

    function look(): void {
      const now = performance.now()
      if (isQuiet(now)) {
        close(server)
        server.off('connection', count)
        resolve()
        return
      }
      accepted = 0
      began = now
      setImmediate(look)
    }
    setImmediate(look)
  })
}
