import { CartError } from '../cart/errors.ts'
import type { App } from './route-context.ts'

/**
 * Sees to it that requests which Node would answer or drop by itself get an answer of ours, a problem document.
 * Needs `requireHostHeader: false` in Node's options.
 */
export function installConnections(app: App): void {
  const { server } = app
  // A client that closes its sending side after the request still waits for the answer; Node would hang up as soon
  // as the handler awaits anything, though the change is made.
  Object.assign(server, { httpAllowHalfOpen: true })
  // Node's answer is a bare 417. Ignoring an expectation that nobody knows is as good (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  // Node's answer is a bare 400 (RFC 9112, 3.2).
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const missing = raw.httpVersion === '1.1' && raw.headers.host === undefined
    done(missing ? new CartError('BAD_REQUEST', 'The header Host is missing.') : undefined)
  })
}
