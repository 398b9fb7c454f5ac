import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import type { DelayLine } from './delay-line.ts'
import type { FaultProxy } from './dynamo-proxy.ts'
import type { Faults } from './faults.ts'

/** Faults of the connection between the service and PostgreSQL. */
export const TCP_FAULTS = ['latency', 'connection_cut', 'half_open', 'reply_dropped'] as const
type TcpFault = (typeof TCP_FAULTS)[number]

/** Share of messages to the server that a fault affects in its window. */
const SHARES: Readonly<Record<TcpFault, number>> = {
  latency: 0.3,
  connection_cut: 0.1,
  // One per window: it blocks a connection of the service for as long as the service waits for a response.
  half_open: 0,
  reply_dropped: 0.1,
}

export interface TcpProxyOptions {
  readonly host: string
  readonly port: number
  readonly faults: Faults
  /** Called for each connection; what it returns sees all that passes. */
  readonly tap?: (() => ConnectionTap) | undefined
  /** Delays all that is sent to the server; the caller closes it. */
  readonly delay?: DelayLine | undefined
}

/** Sees the bytes of one connection as they pass. */
export interface ConnectionTap {
  toServer(chunk: Buffer): void
  toClient(chunk: Buffer): void
}

/**
 * Starts a proxy on a loopback port in front of a PostgreSQL server. It cuts and delays connections without parsing the
 * protocol, except that it notes a `serialization_failure` in a response.
 */
export async function startTcpProxy(options: TcpProxyOptions): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = createConnection({ host: options.host, port: options.port })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true).on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
    }
    join(client, upstream, options, options.tap?.())
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done)
  })
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Joins the two ends of a connection, and injects faults into what is sent to the server. */
function join(
  client: Socket,
  upstream: Socket,
  { faults, delay: line }: TcpProxyOptions,
  tap?: ConnectionTap,
): void {
  const { stream } = faults.plan
  let silent = false
  /** Send time of a request whose response will be dropped. */
  let losing: number | undefined
  const cut = () => {
    client.destroy()
    upstream.destroy()
  }
  const write = (chunk: Buffer) => {
    if (upstream.destroyed) return
    tap?.toServer(chunk)
    upstream.write(chunk)
  }
  const pass = (chunk: Buffer) => {
    if (line === undefined) write(chunk)
    else line.after(() => write(chunk))
  }

  function strike(fault: TcpFault, chunk: Buffer): void {
    const from = faults.now()
    switch (fault) {
      case 'latency':
        delay(chunk, stream.integer(20, 150), from)
        return
      case 'reply_dropped':
        losing = from
        pass(chunk)
        return
      case 'half_open':
        silent = true
        faults.note(fault, from)
        return
      case 'connection_cut':
        // Half of the requests have reached the server.
        if (stream.fraction() < 0.5) upstream.end(chunk)
        else upstream.destroy()
        client.destroy()
        faults.note(fault, from)
    }
  }

  function delay(chunk: Buffer, ms: number, from: number): void {
    client.pause()
    setTimeout(() => {
      faults.note('latency', from)
      pass(chunk)
      client.resume()
    }, ms)
  }

  client.on('data', (chunk: Buffer) => {
    if (silent) return
    const active = TCP_FAULTS.find((fault) => fault === faults.active())
    if (active !== undefined && faults.strikes(SHARES[active])) strike(active, chunk)
    else pass(chunk)
  })
  upstream.on('data', (chunk: Buffer) => {
    if (silent) return
    tap?.toClient(chunk)
    if (losing !== undefined) {
      faults.note('reply_dropped', losing)
      cut()
      return
    }
    // The field C of an ErrorResponse is the SQLSTATE (PostgreSQL documentation, 54.8).
    if (chunk.includes('\0C40001\0')) faults.note('serialization_failure', faults.now())
    if (!client.destroyed) client.write(chunk)
  })
  client.once('close', () => upstream.destroy())
  upstream.once('close', () => client.destroy())
}
