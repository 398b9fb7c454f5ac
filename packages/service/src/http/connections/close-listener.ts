import { type AddressInfo, connect, Server, type Socket } from 'node:net'

/**
 * Closing a listener without resetting a client
 * =============================================
 *
 * When a listening socket closes, the system resets the connections that it has established and the process has not accepted yet.
 * To accept everything first is not enough, because more arrive between the last accept and the close: behind nginx, which learns of
 * a stop from a refused connection only, 3 of 41 restarts under load reset one.
 *
 * So the place where they would wait is taken first. With a backlog of 1, the system keeps two connections and drops the handshake of
 * a third. If two connections of our own are established under that backlog, then
 *
 * 1. nobody else was waiting, since otherwise there would have been no place for both, and
 * 2. nobody else is established until the listener has closed, since nothing is accepted before the close.
 *
 * A client whose handshake was dropped repeats it after a second and finds the port closed, which it may safely take for a refusal.
 *
 * Several workers may share the socket and each do this: one that closes while another still listens resets nobody, and what
 * another worker accepts, it accepts as one that will still look. The connection of a remote client that has not completed its
 * handshake is reset nevertheless; behind a load balancer on another machine, readiness prevents that.
 *
 * Node has no public way to change the backlog or to ask for the state of a connection within a turn of the event loop. Where
 * its internal handles have none either, the listener closes after a turn that accepted nothing.
 */
interface Handle {
  listen?(backlog: number): number
  /** 0 if the connection is established. */
  getpeername?(out: object): number
}

const HOLDING_BACKLOG = 1
/** Node's default. */
const BACKLOG = 511
/** On a process that is so busy that others wait in every turn, the listener closes nevertheless. */
const MAX_LOOK_MS = 1000

/** Closes the listener of `server` when nobody waits for being accepted; see above. Its connections stay open. */
export async function closeListener(server: Server): Promise<void> {
  const since = performance.now()
  for (;;) {
    const isQuiet = (await acceptedInTurn(server)) === 0
    const isLate = performance.now() - since > MAX_LOOK_MS
    if (!isQuiet && !isLate) continue
    const held = await holdBacklog(server)
    // Not `server.close`, with which Node's HTTP server would close connections too.
    if (held.isHeld || isLate) Server.prototype.close.call(server)
    held.release()
    if (!server.listening) return
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

export interface HeldBacklog {
  /** Whether nobody waits for being accepted, and nobody will be until the end of this turn of the event loop. */
  readonly isHeld: boolean
  /** Gives the places back. */
  release(): void
}

/** Takes the places of all connections that may wait for being accepted, within this turn of the event loop. */
export async function holdBacklog(server: Server): Promise<HeldBacklog> {
  const address = server.address() as AddressInfo | string | null
  const { listen } = handleOf(server)
  if (listen === undefined || address === null || typeof address === 'string')
    return { isHeld: true, release() {} }
  const setBacklog = (backlog: number) => listen.call(handleOf(server), backlog)
  setBacklog(HOLDING_BACKLOG)
  const own = Array.from({ length: HOLDING_BACKLOG + 1 }, () => connectTo(address))
  // Node connects in the next tick, which is still before it accepts anything.
  await new Promise<void>((resolve) => process.nextTick(resolve))
  return {
    isHeld: own.every((socket) => handleOf(socket).getpeername?.({}) === 0),
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

function handleOf(owner: Server | Socket): Handle {
  return (owner as { readonly _handle?: Handle })._handle ?? {}
}
