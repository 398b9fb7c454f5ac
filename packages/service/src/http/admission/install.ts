import type { FastifyRequest } from 'fastify'
import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'
import { TIMEOUT_HEADER, timeoutOf } from './deadline.ts'
import type { Entry, Gate, Priority } from './gate.ts'

/** Marks of a route that decide when it is refused. */
export interface AdmissionMarks {
  /** Default `normal`; `always` is never refused, for what needs no database and little time. */
  priority?: Priority | 'always'
  /** The route reads the catalog only, so that it does not wait for requests that use the database. */
  inMemory?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig extends AdmissionMarks {}
}

/** One instance, because a stack for each would cost more than the refusal. */
const OVERLOADED = new CartError('OVERLOADED')
const TOO_LATE = new CartError('DEADLINE_EXCEEDED')

/**
 * Refuses requests beyond what the service can do in time: with OVERLOADED before the body is read, if the queue is full then;
 * otherwise, when the body has arrived, after at most the maximum wait of the gate. So a client that sends its body slowly
 * takes no place. A request whose client has disconnected, or whose deadline has passed, is not worked on.
 */
export function installAdmission(app: App, gate: Gate): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const header = request.headers[TIMEOUT_HEADER]
    if (header !== undefined) {
      try {
        request.state.deadline = performance.now() + timeoutOf(header)
      } catch (error) {
        return done(error as CartError)
      }
    }
    const priority = priorityOf(request)
    if (priority === 'always' || !gate.isClosed(priority)) return done()
    request.state.isShed = true
    done(OVERLOADED)
  })

  app.addHook('preHandler', (request, _reply, done) => {
    if (!isWanted(request)) return done(TOO_LATE)
    const { config } = request.state.route
    const { priority = 'normal' } = config
    if (priority === 'always' || config.inMemory === true || request.is404) return done()
    gate.enter(new RequestEntry(priority, request, done))
  })

  // When the handler is done and not when the response is sent: a client that reads slowly takes no place.
  app.addHook('onSend', (request, reply, payload, done) => {
    const { entry } = request.state
    if (entry !== undefined) {
      request.state.entry = undefined
      gate.leave(entry, reply.statusCode >= 500)
    }
    done(null, payload)
  })
}

/** A class, because an object with three closures for each request would cost more. */
class RequestEntry implements Entry {
  readonly priority: Priority
  admittedAt = 0
  waitingSince = 0
  readonly #request: FastifyRequest
  readonly #done: (error?: Error) => void

  constructor(priority: Priority, request: FastifyRequest, done: (error?: Error) => void) {
    this.priority = priority
    this.#request = request
    this.#done = done
  }

  admit(): void {
    this.#request.state.entry = this
    this.#done()
  }

  refuse(): void {
    this.#request.state.isShed = true
    this.#done(this.isWanted() ? OVERLOADED : TOO_LATE)
  }

  isWanted(): boolean {
    return isWanted(this.#request)
  }
}

function priorityOf({ state: { route }, is404 }: FastifyRequest): Priority | 'always' {
  return is404 ? 'always' : (route.config.priority ?? 'normal')
}

function isWanted({ raw: { socket }, state: { deadline } }: FastifyRequest): boolean {
  if (socket.destroyed) return false
  return deadline === Number.POSITIVE_INFINITY || performance.now() < deadline
}
