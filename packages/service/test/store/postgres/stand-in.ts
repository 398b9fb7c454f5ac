import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls'

/** A server between the store and PostgreSQL. It knows enough of the protocol to refuse, to lie and to fail. */
export interface StandIn {
  readonly port: number
  /** The URL of the database behind, by way of this server. */
  readonly url: string
  /** What it does with the following connections and statements. */
  behaviour: Behaviour
  /** Number of connections that were opened. */
  readonly connections: number
  close(): Promise<void>
}

export interface Behaviour {
  /** Refuses a start-up parameter that matches, as PgBouncer does. */
  readonly refusesParameter?: RegExp
  /** Claims to be a standby. */
  readonly isStandby?: boolean
  /** Ends the session with this error instead of executing the next statements that contain the text. */
  readonly endsSession?: { readonly code: string; readonly when: string; times: number }
  /** Accepts encrypted connections only through this certificate, as a server behind `hostssl` does. */
  readonly tls?: SecureContextOptions
}

const SSL_REQUEST = 80877103

export async function openStandIn(target: URL, behaviour: Behaviour = {}): Promise<StandIn> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => {}).on('close', () => sockets.delete(client))
    connections += 1
    client.once('data', (first: Buffer) => {
      if (first.readInt32BE(4) !== SSL_REQUEST) return start(client, first)
      if (standIn.behaviour.tls === undefined) {
        client.once('data', (next: Buffer) => start(client, next)).write('N')
        return
      }
      const secured = new TLSSocket(client, {
        isServer: true,
        secureContext: createSecureContext(standIn.behaviour.tls),
      })
      secured.on('error', () => {}).once('data', (next: Buffer) => start(secured, next))
      client.write('S')
    })
  })

  function start(client: Socket, startup: Buffer): void {
    const { behaviour } = standIn
    const parameters = startup.toString('latin1', 8).split('\0')
    const refused = parameters.find(
      (name, i) => i % 2 === 0 && behaviour.refusesParameter?.test(name),
    )
    if (refused !== undefined)
      return void client.end(fatal('08P01', `unsupported startup parameter: ${refused}`))
    if (behaviour.tls !== undefined && !(client instanceof TLSSocket))
      return void client.end(fatal('28000', 'no pg_hba.conf entry for host "x", no encryption'))
    const upstream = connect(Number(target.port), target.hostname)
    sockets.add(upstream)
    upstream.on('error', () => {}).on('close', () => sockets.delete(upstream))
    upstream.write(startup)
    upstream.pipe(client)
    client.on('close', () => upstream.destroy())
    client.on('data', (chunk: Buffer) => forward(chunk, client, upstream))
  }

  function forward(chunk: Buffer, client: Socket, upstream: Socket): void {
    const { isStandby, endsSession: ends } = standIn.behaviour
    const text = chunk.toString('latin1')
    if (ends !== undefined && ends.times > 0 && text.includes(ends.when)) {
      ends.times -= 1
      client.end(fatal(ends.code, 'the session has ended'))
      upstream.destroy()
    } else if (isStandby === true)
      // Of the same length, so that the lengths in the message stay right.
      upstream.write(text.replace('pg_is_in_recovery()', 'true'.padEnd(19)), 'latin1')
    else upstream.write(chunk)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const standIn = {
    port,
    url: Object.assign(new URL(target), { hostname: '127.0.0.1', port: `${port}` }).href,
    behaviour,
    get connections() {
      return connections
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return standIn
}

/** An ErrorResponse of severity FATAL. */
function fatal(code: string, message: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(4 + Buffer.byteLength(fields), 1)
  return Buffer.concat([head, Buffer.from(fields)])
}
