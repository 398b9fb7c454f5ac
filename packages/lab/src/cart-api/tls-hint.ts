import { connect } from 'node:tls'

const HANDSHAKE_MS = 1000

/**
 * Servers of TLS close a connection on which plain HTTP arrives, mostly without a word. Tries a handshake if the first
 * request of all was lost like that.
 *
 * @param heardAt when the host last responded; -Infinity if never
 * @returns why there is no response; `undefined` if this is not the reason
 */
export async function tlsHint(
  origin: string,
  error: unknown,
  heardAt: number,
): Promise<string | undefined> {
  const isClosed = error instanceof Error && 'code' in error && CLOSED.has(String(error.code))
  if (!origin.startsWith('http:') || heardAt !== Number.NEGATIVE_INFINITY || !isClosed)
    return undefined
  const { hostname, port } = new URL(origin)
  return (await speaksTls(hostname, Number(port) || 80))
    ? 'the host speaks TLS: use https://'
    : undefined
}

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** Whether the other end refused the handshake in TLS: without a certificate for us, for example. */
function isAlert(error: Error): boolean {
  return 'code' in error && String(error.code).includes('_ALERT_')
}

function speaksTls(hostname: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '')
    // Nothing is sent: whether the certificate is trusted does not matter.
    const socket = connect({ host, port, rejectUnauthorized: false })
    const end = (speaks: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(speaks)
    }
    const timer = setTimeout(end, HANDSHAKE_MS, false)
    socket.once('secureConnect', () => end(true)).once('error', (error) => end(isAlert(error)))
    socket.once('close', () => end(false))
  })
}
