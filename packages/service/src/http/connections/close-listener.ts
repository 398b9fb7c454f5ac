import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, Server, type Socket } from 'node:net'

/**
 * Closing a listener without resetting a client
 * =============================================
 *
 * When a listening socket closes, the system resets the connections that it has established and the process has not accepted yet.
 * To accept everything first is not enough, because more arrive between the last accept and the close: behind nginx, which learns of
 * a stop from a refused connection only, 3 of 41 restarts under load reset one.
 *
 * So the service fills the queue of established connections with two of its own before it closes. With a backlog of 1, the system
 * keeps two there and drops the handshake of a third. If both of ours are in the queue, then
 *
 * 1. nobody else is in it, and
 * 2. nobody else gets there before the listener has closed, since nothing is accepted before that.
 *
 * A client whose handshake was dropped repeats it after a second and finds the port closed, which it may safely take for a refusal.
 *
 * Several workers may share the socket. One that closes while another has it open resets nobody, and the last one holds the queue as
 * above. Connections that it holds may be accepted by another worker, which then still has to hold the queue itself. A worker that
 * is stopped alone leaves the others with the short queue, until its successor listens.
 *
 * The handshake of a client on another machine may be incomplete when the listener closes: then it is reset. A load balancer that
 * checks readiness does not connect at that time.
 *
 * Linux only. Elsewhere the listener closes after a turn of the event loop that accepted nothing.
 */
const HOLDING_BACKLOG = 1
/** Node's default. */
const BACKLOG = 511
/** On a process that is so busy that others wait in every turn, the listener closes nevertheless. */
const MAX_LOOK_MS = 1000

/** Closes the listener of `server` when nobody waits for being accepted; see above. Its connections stay open. */
export async function closeListener(server: Server): Promise<void> {
  const since = performance.now()
  while (server.listening) {
    const isQuiet = (await acceptedInTurn(server)) === 0
    const isLate = performance.now() - since > MAX_LOOK_MS
    if (!isQuiet && !isLate) continue
    const held = await holdQueue(server)
    // Not `server.close`, with which Node's HTTP server would close connections too.
    if (held.isHeld || isLate) Server.prototype.close.call(server)
    held.release()
  }
}

/** How many connections are accepted until the end of the next turn of the event loop. */
async function acceptedInTurn(server: Server): Promise<number> {
  let accepted = 0
  const count = () => {
    accepted += 1
  }
  server.on('connection', count)
  await new Promise((resolve) => setImmediate(resolve))
  server.off('connection', count)
  return accepted
}

export interface HeldQueue {
  /** Whether nobody waits for being accepted, and nobody will until the end of this turn of the event loop. */
  readonly isHeld: boolean
  /** Makes room again. */
  release(): void
}

const NOTHING_TO_HOLD: HeldQueue = { isHeld: true, release() {} }

/** Fills the queue of connections that wait for being accepted, within this turn of the event loop. */
export async function holdQueue(server: Server): Promise<HeldQueue> {
  const address = server.address()
  // Node has no public way to change the backlog.
  const { _handle: handle } = server as { readonly _handle?: { listen?(backlog: number): number } }
  const isPossible = process.platform === 'linux' && handle?.listen !== undefined
  if (!isPossible || address === null || typeof address === 'string') return NOTHING_TO_HOLD
  const setBacklog = (backlog: number) => handle.listen?.(backlog)
  setBacklog(HOLDING_BACKLOG)
  const own = Array.from({ length: HOLDING_BACKLOG + 1 }, () => connectTo(address))
  // Node connects in the next tick, which is still before it accepts anything.
  await new Promise<void>((resolve) => process.nextTick(resolve))
  const established = establishedAt(address.port)
  return {
    isHeld: own.every(({ localPort }) => localPort !== undefined && established.has(localPort)),
    release() {
      for (const socket of own) socket.destroy()
      if (server.listening) setBacklog(BACKLOG)
    },
  }
}

function connectTo({ address, port }: AddressInfo): Socket {
  const isEvery = address === '0.0.0.0' || address === '::'
  // A refused or reset connection of our own is of no interest.
  return connect(port, isEvery ? '127.0.0.1' : address).on('error', () => {})
}

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const
const ESTABLISHED = '01'
/** Number, local address and port, remote address and port, state: ` 1: 0100007F:1F90 0100007F:C350 01 ...`, in hexadecimal digits. */
const ROW = /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) ([\dA-F]{2}) /gm

/**
 * The remote ports of the connections that the system has established at a local port. Only the server's end counts: to the client's,
 * a connection looks established although there was no room in the queue for the end of its handshake.
 */
function establishedAt(port: number): ReadonlySet<number> {
  const local = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = TABLES.flatMap((table) => [...textOf(table).matchAll(ROW)])
  return new Set(
    rows
      .filter(([, at, , state]) => at === local && state === ESTABLISHED)
      .map(([, , remote = '']) => Number.parseInt(remote, 16)),
  )
}

/** A system without IPv6 has one of the tables only. */
function textOf(table: string): string {
  try {
    return readFileSync(table, 'latin1')
  } catch {
    return ''
  }
}
