import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Sent with every response. */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

/** Why a request is refused. */
export interface Refusal {
  readonly status: number
  readonly error: string
}

/**
 * Decides who may use the page: it can start load and inject faults. A request must name this server as its host (against
 * DNS rebinding) and, if it acts, as its origin (against CSRF); beyond loopback it also needs the token of the URL.
 */
export interface Protection {
  /** Of the page's URL; `undefined` on loopback. */
  readonly token: string | undefined
  refusesHost(request: IncomingMessage): Refusal | undefined
  refusesToken(query: URLSearchParams): Refusal | undefined
  refusesOrigin(request: IncomingMessage): Refusal | undefined
}

export function protect(host: string): Protection {
  const token = isLoopback(host) ? undefined : randomBytes(16).toString('hex')
  return {
    token,
    refusesHost({ headers }) {
      const name = URL.parse(`http://${headers.host}`)?.hostname ?? ''
      // An attacker's page can make its own name resolve to this address, but no address to another one.
      const known = name === 'localhost' || name === host || isIP(name.replace(/^\[|\]$/g, '')) > 0
      return known ? undefined : { status: 421, error: 'unknown host' }
    },
    refusesToken(query) {
      return token === undefined || isSame(query.get('token') ?? '', token)
        ? undefined
        : { status: 403, error: 'open the address that the command printed' }
    },
    refusesOrigin({ headers }) {
      if (headers.origin !== `http://${headers.host}`)
        return { status: 403, error: 'only the page itself may do this' }
      return /^application\/json\b/.test(headers['content-type'] ?? '')
        ? undefined
        : { status: 415, error: 'the body must be JSON' }
    },
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
