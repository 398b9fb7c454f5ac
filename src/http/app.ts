import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, fastify, LogController } from 'fastify'
import type { Catalog } from '../catalog/catalog.ts'
import type { Config } from '../config.ts'
import { countOnly, type Observe, observeStore } from '../observe/observe.ts'
import type { CartStore } from '../store/cart-store.ts'
import { createAccess } from './access.ts'
import type { Authenticator } from './auth.ts'
import { installBodies } from './bodies.ts'
import { createCartText } from './cart-text.ts'
import { readChangeTerms } from './change-terms.ts'
import { clientErrorHandler } from './client-error.ts'
import { installConnections } from './connections.ts'
import { installDrain } from './drain.ts'
import { installAuthentication, installRateLimit } from './guard.ts'
import { installObserve } from './observe.ts'
import { installOpenapi } from './openapi.ts'
import { installProblems, sendProblem, toCartError } from './problem.ts'
import type { App, RouteContext } from './route-context.ts'
import { registerCartRoutes } from './routes/carts.ts'
import { registerChangeRoutes } from './routes/changes.ts'
import { type Deployment, registerHealthRoutes } from './routes/health.ts'
import { registerOrderRoutes } from './routes/orders.ts'
import { registerProductRoutes } from './routes/products.ts'
import { installValidation } from './validation.ts'

/** What the app needs from outside. */
export interface AppOptions {
  readonly config: Config
  readonly store: CartStore
  readonly catalog: Catalog
  readonly logger: FastifyBaseLogger
  readonly deployment: Deployment
  /** Milliseconds since the epoch; the one clock of the service. */
  readonly clock?: () => number
  /** Who sends a request; left out, the service is open to everybody. */
  readonly authenticate?: Authenticator | undefined
  /** What counts and traces the requests; left out, they are only counted, for this app alone. */
  readonly observe?: Observe
}

const REQUEST_ID = /^[\w.:-]{1,64}$/

/** Builds the service, ready to `listen` or `inject`; it neither opens nor closes the store. */
export function buildApp(options: AppOptions): App {
  const { config, catalog, logger, deployment, clock = Date.now, authenticate } = options
  const observe = options.observe ?? countOnly()
  const store = observeStore(options.store, observe)
  const app = fastify({
    // Given a logger, Fastify would make each request a child of it and listen to the end of every answer, which took 3
    // microseconds of every request. `installObserve` sees to both.
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT_BYTES,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    // Longer than the 60 s of AWS load balancers, which would otherwise meet a connection just closed.
    keepAliveTimeout: 72_000,
    // Node looks for requests past their time only this often; its own default is 30 s.
    http: {
      headersTimeout: config.REQUEST_TIMEOUT_MS,
      requestTimeout: config.REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(1000, config.REQUEST_TIMEOUT_MS),
      requireHostHeader: false,
    },
    forceCloseConnections: 'idle',
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXIES,
    // Well above an id of 64 characters of 12 bytes each, percent-encoded; below what Node lets a head hold (16 KB).
    routerOptions: { maxParamLength: 2000 },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    clientErrorHandler,
    // The hooks below do not run for these.
    frameworkErrors: (error, request, reply) =>
      sendProblem(toCartError(error), request, reply.header('x-request-id', request.id)),
    // Fastify's own answer while closing is no problem document; `installDrain` gives one.
    return503OnClosing: false,
    // Draining has its own bound, which may be longer than the 10 s that plugins get.
    pluginTimeout: 0,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.log = logger
  installBodies(app)
  installValidation(app)
  installProblems(app)
  // Hooks that have nothing to wait for call back: a promise each would cost every request more than they do.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  installObserve(app, observe, logger)
  installConnections(app)
  installDrain(app, config.DRAIN_TIMEOUT_MS)

  const context: RouteContext = {
    config,
    store,
    catalog,
    clock,
    text: createCartText(config.CURRENCY, catalog),
    access: createAccess(store, clock),
    changes: readChangeTerms(config, clock),
  }
  installOpenapi(app, authenticate !== undefined)
  // In scopes of their own, since the document knows only routes that are added after its plugin has been loaded.
  app.register(async (scope: App) => registerHealthRoutes(scope, context, deployment))
  app.register(async (api: App) => {
    if (authenticate !== undefined) installAuthentication(api, authenticate)
    await installRateLimit(api, config.RATE_LIMIT_PER_MINUTE)
    registerCartRoutes(api, context)
    registerChangeRoutes(api, context)
    registerOrderRoutes(api, context)
    registerProductRoutes(api, context)
  })
  return app
}
