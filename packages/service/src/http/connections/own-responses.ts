import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'

/**
 * Makes requests that Node would answer or drop by itself get a problem document. Requires `requireHostHeader: false` in
 * Node's options.
 */
export function installOwnResponses(app: App): void {
  const { server } = app
  // A client that half-closes its connection after the request still waits for the response. By default Node would close
  // the connection while the handler is waiting, although the change is made.
  Object.assign(server, { httpAllowHalfOpen: true })
  // Node would send a bare 417. Ignoring an unknown expectation is allowed too (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  // Node would send a bare 400 (RFC 9112, 3.2).
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const missing = raw.httpVersion === '1.1' && raw.headers.host === undefined
    done(missing ? new CartError('BAD_REQUEST', 'The Host header is missing.') : undefined)
  })
}
