import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { CartError } from '../cart/errors.ts'

/**
 * Accepts JSON bodies only. An empty body counts as absent, also with `content-type: application/json`, which many clients
 * send with every POST; the schema of the route says whether a body is required. Anything else is 415, including plain
 * text, which Fastify would accept by default, a compressed body and another charset, which would be read as broken JSON.
 */
export function installBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const complaint = unreadable(request.headers)
    if (complaint !== undefined) done(new CartError('UNSUPPORTED_MEDIA_TYPE', complaint))
    else if (body === '') done(null, undefined)
    else void parseJson(request, String(body), done)
  })
}

/** Why a JSON body with these headers cannot be read. */
function unreadable(headers: IncomingHttpHeaders): string | undefined {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && !/^\s*(identity)?\s*$/i.test(encoding))
    return 'The body must not be compressed (content-encoding).'
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1]
  // ASCII is a part of UTF-8.
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset))
    return 'The body must be in UTF-8 (charset of the content-type).'
  return undefined
}
