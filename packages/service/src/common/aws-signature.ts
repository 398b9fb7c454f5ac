import { hash } from 'node:crypto'
import { hmac, signingKey, signingTime } from './aws-signing.ts'

/** Where signed requests go, and the scope of their signature. */
export interface SignedEndpoint {
  /** As in the `host` header: with the port, unless it is the protocol's default. */
  readonly host: string
  /** As sent, beginning with a slash. */
  readonly path: string
  readonly region: string
  readonly service: string
}

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The parts of a request that the caller supplies for signing. */
export interface Signable {
  /** By lower-case names, all signed; the signer adds `host`, the time and the session token. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** The headers to send, by lower-case names; `time` in milliseconds since the epoch. */
export type Sign = (request: Signable, keys: Keys, time: number) => Record<string, string>

/**
 * AWS Signature Version 4 for POST requests to one endpoint
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). The signing key of a
 * day is derived once, which leaves two hashes and one HMAC per request.
 */
export function createSigner({ host, path, region, service }: SignedEndpoint): Sign {
  const canonicalPath = escapedPath(path)
  let derived: { secret: string; day: string; key: Buffer } | undefined

  function keyOf(secret: string, day: string): Buffer {
    if (derived?.secret !== secret || derived.day !== day) {
      derived = { secret, day, key: signingKey(secret, day, region, service) }
    }
    return derived.key
  }

  return ({ headers, body }, keys, now) => {
    const time = signingTime(now)
    const day = time.slice(0, 8)
    const signed: Record<string, string> = { ...headers, host, 'x-amz-date': time }
    if (keys.sessionToken !== undefined) signed['x-amz-security-token'] = keys.sessionToken
    const names = Object.keys(signed).sort()
    const lines = names.map((name) => `${name}:${oneSpaced(signed[name] ?? '')}\n`).join('')
    const list = names.join(';')
    const canonical = `POST\n${canonicalPath}\n\n${lines}\n${list}\n${hash('sha256', body)}`
    const scope = `${day}/${region}/${service}/aws4_request`
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`
    const signature = hmac(keyOf(keys.secretAccessKey, day), toSign).toString('hex')
    signed.authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`
    return signed
  }
}

function oneSpaced(value: string): string {
  return value.trim().replace(/\s+/g, ' ')
}

/** Every segment is escaped a second time; empty segments are dropped. */
function escapedPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const escaped = segments.map((segment) =>
    encodeURIComponent(segment).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  )
  return `/${escaped.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`
}
