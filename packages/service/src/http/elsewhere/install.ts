import type { FastifyReply, FastifyRequest } from 'fastify'
import { CartError } from '../../cart/errors.ts'
import type { Homes } from '../../cart/homes.ts'
import { parseCartId } from '../../cart/ids.ts'
import type { Config } from '../../config/config.ts'
import type { HomeSettings } from '../../config/home-settings.ts'
import type { HomeEvents } from '../../observe/home-events.ts'
import { TIMEOUT_HEADER } from '../admission/deadline.ts'
import type { App } from '../route-context.ts'
import { openPeer, type Peer, type PeerRequest } from './peer.ts'

/** What the app needs for carts whose home is another region. */
export interface Elsewhere {
  readonly homes: Homes
  readonly settings: Pick<HomeSettings, 'requests' | 'timeoutMs' | 'urls'>
  readonly events: HomeEvents
}

/** The region that has sent a client's request on. It is sent on once, so that two regions that disagree do not send it to and fro. */
export const HOP_HEADER = 'x-pushcart-hop'

/** What a home needs to know of a client's request. It authenticates the token again. */
const SENT_HEADERS = [
  'authorization',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'traceparent',
  'tracestate',
  'user-agent',
] as const

const RETURNED_HEADERS = [
  'cache-control',
  'content-type',
  'etag',
  'idempotency-replayed',
  'retry-after',
  'www-authenticate',
] as const

/**
 * Sends changes and strong reads of carts whose home is another region there, or responds with a redirect. It does so when the
 * request has been authenticated and validated, and before it takes a place at the gate, whose limit follows the latency of the own
 * database. Eventual reads are served here, and so is everything with `HOME_REQUESTS=table`.
 *
 * 307 and not 308: a home can change, and clients keep a 308.
 */
export function installElsewhere(
  app: App,
  { homes, settings, events }: Elsewhere,
  config: Pick<Config, 'READ_CONSISTENCY'>,
): void {
  if (settings.requests === 'table') return
  const peers = new Map<string, Peer>()
  for (const [region, url] of settings.urls)
    if (region !== homes.own) peers.set(region, openPeer(region, url))
  app.addHook('onClose', async () => {
    await Promise.all([...peers.values()].map((peer) => peer.close()))
  })

  app.addHook('preHandler', (request, reply, done) => {
    const cartId = isForHome(request, config) ? cartIdOf(request) : undefined
    const home = cartId === undefined ? homes.own : homes.homeOf(cartId)
    const peer = home === homes.own ? undefined : peers.get(home)
    // Without one, the home is being changed, which the store reports.
    if (peer === undefined) return done()
    if (request.headers[HOP_HEADER] !== undefined)
      return done(
        new CartError(
          'HOME_UNAVAILABLE',
          `The regions do not agree about the home of the cart: ${homes.own} takes it for ${home}.`,
        ),
      )
    if (settings.requests === 'redirect') {
      events.elsewhere('redirected')
      reply
        .code(307)
        .header('location', `${settings.urls.get(home)}${request.url}`)
        .header('cache-control', 'no-store')
        .send()
      return
    }
    passOn(peer, request, reply).then(
      () => events.elsewhere('proxied'),
      (error: Error) => {
        events.elsewhere('failed')
        done(error)
      },
    )
  })

  async function passOn(peer: Peer, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const remaining = request.state.deadline - performance.now()
    const response = await peer.ask({
      method: request.method as PeerRequest['method'],
      url: request.url,
      headers: sentHeaders(request, homes.own),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      timeoutMs: Math.max(1, Math.min(settings.timeoutMs, remaining)),
    })
    for (const name of RETURNED_HEADERS) {
      const value = response.headers[name]
      if (value !== undefined) reply.header(name, value)
    }
    reply.code(response.status).send(response.body === '' ? undefined : response.body)
  }
}

/** Whether only the home of its cart can serve the request. */
function isForHome(
  { method, state, query }: FastifyRequest,
  { READ_CONSISTENCY }: Pick<Config, 'READ_CONSISTENCY'>,
): boolean {
  if (state.route.url?.startsWith('/shopping-carts/:id') !== true) return false
  if (method !== 'GET' && method !== 'HEAD') return true
  const { consistency = READ_CONSISTENCY } = query as { readonly consistency?: string }
  return consistency === 'strong'
}

function cartIdOf({ params }: FastifyRequest): string | undefined {
  return parseCartId((params as { readonly id: string }).id)
}

function sentHeaders(request: FastifyRequest, own: string): Record<string, string> {
  const { headers, state, body } = request
  const sent = SENT_HEADERS.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, String(value)]]
  })
  const remaining = Math.max(1, Math.floor(state.deadline - performance.now()))
  return {
    ...Object.fromEntries(sent),
    [HOP_HEADER]: own,
    'x-request-id': request.id,
    ...(Number.isFinite(state.deadline) && { [TIMEOUT_HEADER]: `${remaining}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
}
