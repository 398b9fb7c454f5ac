import { hash, timingSafeEqual } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { Registry } from 'prom-client'
import { CartError } from '../cart/errors.ts'
import type { Config } from '../config/config.ts'
import type { Observe } from '../observe/observe.ts'
import type { App } from './route-context.ts'

const PATH = '/metrics'

type MetricsSettings = Pick<Config, 'METRICS_PORT' | 'METRICS_TOKEN'>

/** Serves `GET /metrics` among the other routes, unless it has a separate port. The router decodes paths before it compares them. */
export function installMetrics(
  app: App,
  { exposition }: Observe,
  { METRICS_PORT: port, METRICS_TOKEN: token }: MetricsSettings,
): void {
  if (port !== undefined) return
  const permits = permitting(token)
  app.get(
    PATH,
    { config: { priority: 'always' }, schema: { hide: true } },
    async (request, reply) => {
      if (!permits(request.headers.authorization)) throw new CartError('UNAUTHENTICATED')
      return reply
        .header('cache-control', 'no-store')
        .type(Registry.PROMETHEUS_CONTENT_TYPE)
        .send(await exposition())
    },
  )
}

/** Enough for scrapers; more connections are closed. */
const MAX_CONNECTIONS = 64

/** A server of `GET /metrics` alone, which does not listen yet; any other request is 404. */
export function createMetricsServer(
  { exposition }: Pick<Observe, 'exposition'>,
  { METRICS_TOKEN: token }: MetricsSettings,
): Server {
  const permits = permitting(token)
  const server = createServer(async ({ method = '', url = '', headers }, response) => {
    const answer = (status: number, text: string, more: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store', ...more })
        .end(method === 'HEAD' ? undefined : text)
    if (url.split('?', 1)[0] !== PATH || !['GET', 'HEAD'].includes(method))
      return answer(404, `only GET ${PATH} is here\n`)
    if (!permits(headers.authorization))
      return answer(401, 'METRICS_TOKEN is required\n', { 'www-authenticate': 'Bearer' })
    try {
      return answer(200, await exposition(), { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE })
    } catch (error) {
      return answer(503, `${(error as Error).message}\n`)
    }
  })
  server.maxConnections = MAX_CONNECTIONS
  return server
}

/** Whether an `authorization` header has the token; without a token every one does. */
function permitting(token: string | undefined): (header: string | undefined) => boolean {
  if (token === undefined) return () => true
  // Hashes have the same length, whatever was sent.
  const digest = (text: string) => hash('sha256', text, 'buffer')
  const expected = digest(token)
  return (header = '') => {
    const [, given] = /^bearer +(.+)$/i.exec(header) ?? []
    return given !== undefined && timingSafeEqual(digest(given.trim()), expected)
  }
}
