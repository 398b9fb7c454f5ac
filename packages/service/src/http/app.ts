import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, fastify, LogController } from 'fastify'
import { currencyOf } from '../cart/money.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Config } from '../config/config.ts'
import { parseOrigins } from '../config/web.ts'
import { countOnly, type Observe, observeStore } from '../observe/observe.ts'
import { openRefusalLog } from '../observe/refusal-log.ts'
import type { CartStore } from '../store/cart-store.ts'
import { createAccess } from './access.ts'
import { openAdaptiveLimit } from './admission/adaptive-limit.ts'
import { openGate } from './admission/gate.ts'
import { installAdmission } from './admission/install.ts'
import type { Authenticator } from './auth.ts'
import { installBodies } from './bodies.ts'
import { installCaching } from './caching.ts'
import { createCartText } from './cart-text.ts'
import { readChangeTerms } from './change-terms.ts'
import { AsciiResponse } from './connections/ascii-response.ts'
import { clientErrorHandler } from './connections/client-error.ts'
import { installDrain } from './connections/drain.ts'
import { installConnectionLimits } from './connections/limits.ts'
import { openConnections } from './connections/open-connections.ts'
import { installOwnResponses } from './connections/own-responses.ts'
import { installCors, shareWith } from './cors.ts'
import { type Elsewhere, installElsewhere } from './elsewhere/install.ts'
import { installAuthentication, installRateLimit, rateLimitOf } from './guard.ts'
import { installMethods, watchMethods } from './methods.ts'
import { installMetrics } from './metrics.ts'
import { installObserve } from './observe.ts'
import { installOpenapi } from './openapi.ts'
import { openPageWriter } from './pages/page-text.ts'
import { installPageTurns } from './pages/page-turns.ts'
import { installProblems, sendProblem, toCartError } from './problem.ts'
import { createRequestIds } from './request-ids.ts'
import { installRequestState } from './request-state.ts'
import type { App, RouteContext } from './route-context.ts'
import { registerActiveCart } from './routes/active-cart.ts'
import { registerCartRoutes } from './routes/carts.ts'
import { registerChangeRoutes } from './routes/changes.ts'
import { type Deployment, type MoveView, registerHealthRoutes } from './routes/health.ts'
import { registerOrderRoutes } from './routes/orders.ts'
import { registerProductRoutes } from './routes/products.ts'
import { installValidation } from './validation.ts'

/** The dependencies of the app. */
export interface AppOptions {
  readonly config: Config
  readonly store: CartStore
  readonly catalog: Catalog
  readonly logger: FastifyBaseLogger
  readonly deployment: Deployment
  /** Maximum number of connections, where the system allows less than the settings do. */
  readonly maxConnections?: number
  /** Milliseconds since the epoch; the one clock of the service. */
  readonly clock?: () => number
  /** How far the machine's clock is ahead of the database's, milliseconds, if the database has one. */
  readonly clockOffset?: () => number | undefined
  /** The move in which this instance takes part, if it does. */
  readonly move?: MoveView
  /** For a global table whose carts have home regions. */
  readonly elsewhere?: Elsewhere | undefined
  /** Identifies the caller; without it, the service is open to everybody. */
  readonly authenticate?: Authenticator | undefined
  /** Counts and traces requests; by default they are only counted, in a registry of this app. */
  readonly observe?: Observe
}

const REQUEST_ID = /^[\w.:-]{1,64}$/

/** Builds the service, ready to `listen` or `inject`. It neither opens nor closes the store. */
export function buildApp(options: AppOptions): App {
  const { config, catalog, logger, deployment, clock = Date.now, authenticate, elsewhere } = options
  const observe = options.observe ?? countOnly()
  const store = observeStore(options.store, observe)
  const nextRequestId = createRequestIds()
  const origins = parseOrigins(config.CORS_ORIGINS)
  const share = origins && shareWith(origins)
  const app = fastify({
    // With a logger, Fastify would make a child logger and listen to the end of the response for every request, which took
    // 3 microseconds. `installObserve` does both.
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT_BYTES,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    // Longer than the 60 s of AWS load balancers, which would otherwise send requests on connections that are closing.
    keepAliveTimeout: 72_000,
    // The interval at which Node looks for late requests; its default is 30 s.
    http: {
      headersTimeout: config.REQUEST_TIMEOUT_MS,
      requestTimeout: config.REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(1000, config.REQUEST_TIMEOUT_MS),
      requireHostHeader: false,
      ServerResponse: AsciiResponse,
    },
    forceCloseConnections: 'idle',
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXIES,
    // Above an id of 64 characters with 12 percent-encoded bytes each; below Node's limit of 16 KB for the headers.
    routerOptions: { maxParamLength: 2000 },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : nextRequestId()
    },
    clientErrorHandler,
    // The hooks below do not run for these errors.
    frameworkErrors: (error, request, reply) => {
      share?.(request, reply)
      sendProblem(toCartError(error), request, reply.header('x-request-id', request.id))
    },
    // Fastify's response while closing is not a problem document; `installDrain` sends one.
    return503OnClosing: false,
    // Draining has its own time limit, which may exceed the 10 s of plugins.
    pluginTimeout: 0,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.log = logger
  const methodsOf = watchMethods(app)
  installBodies(app)
  installValidation(app)
  const refusals = openRefusalLog(logger)
  installProblems(app, refusals)
  app.addHook('onClose', async () => refusals.flush())
  installRequestState(app)
  // Synchronous hooks use callbacks: a promise per hook and request would cost more than the hooks themselves.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    // `installCaching` says what it means, and sets others.
    reply.header('cache-control', 'private, no-cache')
    done()
  })
  installObserve(app, observe, logger)
  installMetrics(app, observe, config)
  if (share !== undefined) installCors(app, share)
  installOwnResponses(app)
  installConnectionLimits(app, {
    max: options.maxConnections ?? config.MAX_CONNECTIONS,
    perAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
  })
  installDrain(app, openConnections(app.server, config.RESPONSE_TIMEOUT_MS), {
    graceMs: config.DRAIN_GRACE_MS,
    timeoutMs: config.DRAIN_TIMEOUT_MS,
    requestMs: config.REQUEST_TIMEOUT_MS,
  })
  const gate = openGate({
    limit: openAdaptiveLimit(config.ADMISSION_MAX_REQUESTS),
    maxWaitMs: config.ADMISSION_WAIT_MS,
  })
  installPageTurns(app, { pageSizeMax: config.PAGE_SIZE_MAX })
  if (elsewhere !== undefined) installElsewhere(app, elsewhere, config)
  installAdmission(app, gate)
  observe.metrics.gateOpened(gate.use)
  installMethods(app, methodsOf)

  const context: RouteContext = {
    config,
    store,
    catalog,
    clock,
    text: createCartText(currencyOf(config.CURRENCY), catalog),
    pages: openPageWriter(),
    access: createAccess(store, clock),
    changes: readChangeTerms(config, clock, elsewhere?.homes.newCartId),
    homes: elsewhere?.homes,
  }
  installOpenapi(app, config, authenticate !== undefined)
  // In separate scopes, because the OpenAPI document has only the routes that are added after its plugin has loaded.
  app.register(async (scope: App) => {
    installCaching(scope, 'no-store')
    registerHealthRoutes(scope, context, deployment, options.clockOffset, options.move)
  })
  app.register(async (api: App) => {
    if (authenticate !== undefined) installAuthentication(api, authenticate)
    await installRateLimit(api, rateLimitOf(config, authenticate !== undefined))
    registerCartRoutes(api, context)
    registerActiveCart(api, context)
    registerChangeRoutes(api, context)
    registerOrderRoutes(api, context)
    api.register((products: App, _options, done) => {
      installCaching(products, 'no-cache')
      registerProductRoutes(products, context)
      done()
    })
  })
  return app
}
