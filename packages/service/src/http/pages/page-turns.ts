import type { FastifyRequest } from 'fastify'
import { CartError } from '../../cart/errors.ts'
import type { App } from '../route-context.ts'
import { defaultLimit } from '../schemas.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads a page of carts from the store. */
    page?: boolean
  }
}

export interface PageTurnsOptions {
  /** Maximum number of items of a page. */
  readonly pageSizeMax: number
  /** Maximum number of requested items in pages that are being read from the store. */
  readonly maxItems?: number
  /** How long a page may wait for its turn, milliseconds. */
  readonly maxWaitMs?: number
}

interface Waiting {
  readonly items: number
  readonly request: FastifyRequest
  readonly done: (error?: Error) => void
  timer: NodeJS.Timeout | undefined
}

/** Two pages of the maximum size, or ten of the default. */
const MAX_ITEMS = 200
const MAX_WAIT_MS = 100
const MAX_WAITING = 1000

/** One instance, because a stack for each would cost more than the refusal. */
const OVERLOADED = new CartError('OVERLOADED', 'Too many lists are being read.')

/**
 * Bounds how many pages are read from the store at once. A page may have 10,000 lines: ten at once took 200 MB, which the garbage
 * collector could not free before all had been read, and every slice of each delayed all other requests.
 *
 * Install it before the gate, so that pages that wait for their turn take no place there.
 */
export function installPageTurns(
  app: App,
  { pageSizeMax, maxItems = MAX_ITEMS, maxWaitMs = MAX_WAIT_MS }: PageTurnsOptions,
): void {
  const queue: Waiting[] = []
  let items = 0

  const hasRoom = (more: number) => items === 0 || items + more <= maxItems

  function begin(request: FastifyRequest, count: number): void {
    items += count
    request.state.pageItems = count
  }

  function refuse({ request, done }: Pick<Waiting, 'request' | 'done'>): void {
    request.state.isShed = true
    done(OVERLOADED)
  }

  function beginWaiting(): void {
    for (let [next] = queue; next !== undefined && hasRoom(next.items); [next] = queue) {
      queue.shift()
      clearTimeout(next.timer)
      begin(next.request, next.items)
      next.done()
    }
  }

  app.addHook('preHandler', (request, _reply, done) => {
    if (request.state.route.config.page !== true) return done()
    const { limit } = request.query as { readonly limit?: string }
    const count = Math.min(pageSizeMax, limit === undefined ? defaultLimit(pageSizeMax) : +limit)
    if (queue.length === 0 && hasRoom(count)) {
      begin(request, count)
      return done()
    }
    if (queue.length >= MAX_WAITING) return refuse({ request, done })
    const waiting: Waiting = { items: count, request, done, timer: undefined }
    waiting.timer = setTimeout(() => {
      queue.splice(queue.indexOf(waiting), 1)
      refuse(waiting)
      beginWaiting()
    }, maxWaitMs)
    queue.push(waiting)
  })

  app.addHook('onSend', (request, _reply, payload, done) => {
    if (request.state.pageItems > 0) {
      items -= request.state.pageItems
      request.state.pageItems = 0
      beginWaiting()
    }
    done(null, payload)
  })
}
