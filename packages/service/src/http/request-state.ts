import type { FastifyRequest } from 'fastify'
import type { Entry } from './admission/gate.ts'
import type { App } from './route-context.ts'

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState
  }
}

/** What the hooks of the service know about a request. One object, because adding each property to every request takes time. */
export class RequestState {
  /** `routeOptions` of the request, which Fastify makes anew for each look. */
  readonly route: FastifyRequest['routeOptions']
  /** Its place at the gate, once it has got there. */
  entry: Entry | undefined = undefined
  /** When its client stops waiting, by `performance.now()`. */
  deadline = Number.POSITIVE_INFINITY
  /** Refused before any work was done: the log counts it and has no line for it. */
  isShed = false
  /** The items of a page for which it has a turn. */
  pageItems = 0

  constructor(route: FastifyRequest['routeOptions']) {
    this.route = route
  }
}

/** Gives every request its state. Install it before all hooks. */
export function installRequestState(app: App): void {
  app.decorateRequest('state')
  app.addHook('onRequest', (request, _reply, done) => {
    request.state = new RequestState(request.routeOptions)
    done()
  })
}
