import type { Socket } from 'node:net'
import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'

export interface ConnectionLimits {
  /** Maximum number of connections of clients. */
  readonly max: number
  /** Maximum number of connections from one address, 0 for no limit; loopback, where a proxy may run, has none. */
  readonly perAddress: number
}

/** Connections beyond the maximum, so that health checks reach a service whose connections are all taken. */
export const SPARE_CONNECTIONS = 32
/** How long a spare connection may do nothing, if no other needs its place. */
const SPARE_MS = 2000

/**
 * Bounds the connections. Beyond the maximum, `SPARE_CONNECTIONS` more are accepted, on which health checks are served and all
 * other requests refused with OVERLOADED. A further one takes the place of the spare connection that has sent nothing for longest: a flood
 * of silent connections leaves room for a health check. Without such a connection, and beyond the limit of an address, connections are
 * closed.
 */
export function installConnectionLimits(app: App, { max, perAddress }: ConnectionLimits): void {
  const { server } = app
  /** In the order of their arrival. */
  const spare = new Set<Socket>()
  const byAddress = new Map<string, number>()
  let open = 0
  // A place that has been taken from a silent connection is free after the turn of the event loop.
  server.maxConnections = max + 2 * SPARE_CONNECTIONS

  function count(address: string, change: number): number {
    const connections = (byAddress.get(address) ?? 0) + change
    if (connections === 0) byAddress.delete(address)
    else byAddress.set(address, connections)
    return connections
  }

  /** Closes the spare connection that has sent nothing for longest. */
  function makeRoom(): boolean {
    for (const socket of spare)
      if (socket.bytesRead === 0) {
        spare.delete(socket)
        socket.destroy()
        return true
      }
    return false
  }

  server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket
    const mine = count(remoteAddress, 1)
    open += 1
    socket.once('close', () => {
      count(remoteAddress, -1)
      open -= 1
      spare.delete(socket)
    })
    if (perAddress > 0 && mine > perAddress && !isLoopback(remoteAddress)) socket.destroy()
    else if (open > max) {
      if (spare.size >= SPARE_CONNECTIONS && !makeRoom()) socket.destroy()
      else {
        spare.add(socket)
        socket.setTimeout(SPARE_MS)
      }
    }
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (spare.size === 0 || !spare.has(request.raw.socket)) return done()
    reply.header('connection', 'close')
    const isNeeded = request.state.route.config.priority === 'always'
    done(isNeeded ? undefined : new CartError('OVERLOADED', 'All connections are taken.'))
  })
}

function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address)
}
