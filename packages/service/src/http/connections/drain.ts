import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'
import { isIdle, type OpenConnections } from './open-connections.ts'

export interface DrainOptions {
  /** How long connections are still accepted, and connections without a request still served. */
  readonly graceMs: number
  /** Maximum time for requests in flight. */
  readonly timeoutMs: number
}

const LOOK_MS = 50
/** A turn of the event loop that is short enough for the listener to be closed after it. */
const SHORT_TURN_MS = 0.5
const MAX_TURNS = 50

/**
 * Makes closing lose no request. When `app.close()` is called:
 *
 * - Every response says `Connection: close`, so that clients and proxies connect anew, to another instance if they know one.
 * - Connections are still accepted for `graceMs`: to close the listener resets connections that the system has established and
 *   Node has not accepted, and clients learn of a stop only some time after it.
 * - Then the listener closes. A connection that has had no request for `graceMs` closes, because one that has just left its
 *   client would be lost. What arrives later is refused with SHUTTING_DOWN.
 * - After `timeoutMs`, whatever is left is cut.
 */
export function installDrain(
  app: App,
  connections: OpenConnections,
  { graceMs, timeoutMs }: DrainOptions,
): void {
  const { server } = app
  let closingSince = Number.POSITIVE_INFINITY
  let graceOver = false

  connections.onTurn((_request, response) => {
    if (closingSince !== Number.POSITIVE_INFINITY) response.shouldKeepAlive = false
  })
  app.addHook('onRequest', (_request, _reply, done) =>
    done(graceOver ? new CartError('SHUTTING_DOWN') : undefined),
  )

  function closeIdle(): void {
    const now = performance.now()
    graceOver = now >= closingSince + 2 * graceMs
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
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
    await new Promise((resolve) => setTimeout(resolve, Math.min(graceMs, timeoutMs)))
    await shortTurn()
    // Fastify closes the listener when this hook returns.
    // After the event loop has read what has arrived: a timer runs before that, and a process that was busy would close connections
    // whose requests it has not read.
    const look = () => setImmediate(closeIdle)
    const looking = setInterval(look, LOOK_MS)
    look()
    server.once('close', () => {
      clearInterval(looking)
      clearTimeout(cut)
    })
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
 * Resolves after a turn of the event loop that accepted what had been established and did little else, so that few
 * connections can have been established since.
 */
async function shortTurn(): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const began = performance.now()
    await new Promise((resolve) => setImmediate(resolve))
    if (turn > 0 && performance.now() - began < SHORT_TURN_MS) return
  }
}
