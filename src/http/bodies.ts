import type { FastifyInstance } from 'fastify'

/**
 * Bodies are JSON or absent. An empty one counts as absent even where the client says it is JSON, as many do on
 * every POST; whether a route can do without one is for its schema to say. Anything else is 415, plain text
 * included, which Fastify would read.
 */
export function installBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parseJson(request, String(body), done)
  })
}
