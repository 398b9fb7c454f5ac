import { connect, type Socket } from 'node:net'

/**
 * One persistent HTTP/1.1 connection for measuring: a request is prebuilt bytes, a response is its status. A client
 * library would take longer than the service. Responses need a Content-Length, or a status without a body.
 */
export interface KeepAlive {
  /** Resolves with the status when the response is complete. One request at a time. */
  send(request: Buffer): Promise<number>
  close(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')

export async function openKeepAlive(url: string): Promise<KeepAlive> {
  const { hostname, port } = new URL(url)
  const socket = await opened(connect({ host: hostname, port: Number(port), noDelay: true }))
  let waiting: PromiseWithResolvers<number> | undefined
  let received: Buffer = Buffer.alloc(0)
  const fail = (error: Error) => waiting?.reject(error)
  socket.on('error', fail).on('close', () => fail(new Error('the connection was closed')))
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    try {
      const status = completeStatus(received)
      if (status === undefined) return
      received = Buffer.alloc(0)
      waiting?.resolve(status)
    } catch (error) {
      fail(error as Error)
    }
  })
  return {
    send(request) {
      waiting = Promise.withResolvers()
      if (socket.destroyed) fail(new Error('the connection was closed'))
      else socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

/** @returns the status once `received` is a complete response; throws if its length is unknown */
export function completeStatus(received: Buffer): number | undefined {
  const end = received.indexOf(HEAD_END)
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined && status !== 204 && status !== 304)
    throw new Error(`a response with status ${status} has no Content-Length`)
  return received.length >= end + HEAD_END.length + Number(length ?? 0) ? status : undefined
}

/** The bytes of a request. */
export function requestBytes(host: string, method: string, path: string, body: string): Buffer {
  const headers =
    body === ''
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n${body}`)
}

function opened(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
