import type { FastifyInstance } from 'fastify'

/**
 * Accepts JSON bodies only. An empty body counts as absent, also with `content-type: application/json`, which many clients
 * send with every POST; the schema of the route says whether a body is required. Anything else is 415, including plain
 * text, which Fastify would accept by default.
 */
export function installBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parseJson(request, String(body), done)
  })
}
