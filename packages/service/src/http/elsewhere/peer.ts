import { type Dispatcher, Pool } from 'undici'
import { CartError } from '../../cart/errors.ts'
import { openRetryPause } from '../../common/retry-pause.ts'

/** A request to the service of another region, with the path and query of the client's request. */
export interface PeerRequest {
  readonly method: Dispatcher.HttpMethod
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Maximum time until the response is complete, milliseconds. */
  readonly timeoutMs: number
}

export interface PeerResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** The service of another region. */
export interface Peer {
  /** HOME_UNAVAILABLE without a response of a cart service; OVERLOADED if too many requests wait for it. */
  ask(request: PeerRequest): Promise<PeerResponse>
  close(): Promise<void>
}

/** Maximum number of connections to the service of one region. */
export const PEER_CONNECTIONS = 100
const MAX_WAITING = 1000
/** How long nothing is sent to a service that did not respond to several requests in a row, milliseconds. */
const PAUSE_MS = 1000
const FAILURES = 3

/** @param baseUrl without a slash at the end */
export function openPeer(region: string, baseUrl: string): Peer {
  const { origin, pathname } = new URL(baseUrl)
  const prefix = pathname.replace(/\/$/, '')
  const pool = new Pool(origin, {
    connections: PEER_CONNECTIONS,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const pause = openRetryPause({ pauseMs: PAUSE_MS, failures: FAILURES })
  let waiting = 0

  const unavailable = (cause?: unknown) =>
    new CartError('HOME_UNAVAILABLE', `The service of ${region} does not respond.`, { cause })

  async function exchange({ url, timeoutMs, ...request }: PeerRequest): Promise<PeerResponse> {
    const path = `${prefix}${url}`
    const signal = AbortSignal.timeout(Math.ceil(timeoutMs))
    const response = await pool.request({ ...request, path, signal })
    const { statusCode, headers, body } = response
    return { status: statusCode, headers, body: await body.text() }
  }

  return {
    async ask(request) {
      if (waiting >= MAX_WAITING)
        throw new CartError('OVERLOADED', `Too many requests wait for the service of ${region}.`)
      if (!pause.mayTry()) throw unavailable()
      waiting += 1
      try {
        const response = await exchange(request)
        if (!isOfService(request, response))
          throw new Error(`status ${response.status} of something else`)
        pause.succeeded()
        return response
      } catch (error) {
        pause.failed()
        throw unavailable(error)
      } finally {
        waiting -= 1
      }
    },
    close: () => pool.close(),
  }
}

/**
 * A load balancer without a target, or a website at a wrong address, responds too. Only a cart service returns the id of the request;
 * and it redirects no request that has been sent on.
 */
function isOfService({ headers: sent }: PeerRequest, { status, headers }: PeerResponse): boolean {
  const isRedirect = status >= 300 && status < 400 && status !== 304
  return headers['x-request-id'] === sent['x-request-id'] && !isRedirect
}
