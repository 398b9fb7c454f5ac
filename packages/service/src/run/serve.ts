import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { openHomes } from '../cart/homes.ts'
import { loadCatalog } from '../catalog/load-catalog.ts'
import { openReloadable } from '../catalog/reloadable.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { homeSettingsOf } from '../config/home-settings.ts'
import { startEngine } from '../engines/start-engine.ts'
import { buildApp } from '../http/app.ts'
import { PEER_CONNECTIONS } from '../http/elsewhere/peer.ts'
import { createMetricsServer } from '../http/metrics.ts'
import { openAuthenticator } from '../http/tokens/authenticator.ts'
import { countHomeEvents } from '../observe/home-events.ts'
import { openLogger } from '../observe/logger.ts'
import { type Observe, observeStore, openObserve } from '../observe/observe.ts'
import { observeService } from '../observe/worker-metrics.ts'
import { openBreaker } from '../store/breaker.ts'
import type { CartStore } from '../store/cart-store.ts'
import { openDatabaseClock } from '../store/database-clock.ts'
import type { MovingParts } from '../store/moving/moving-parts.ts'
import { checkStoreSettings } from '../store/open-store.ts'
import { keepClock } from './clock-keeper.ts'
import { descriptorLimit, divideDescriptors } from './descriptors.ts'
import { watchHomes } from './home-watch.ts'
import { moveStateOf, openServiceStore } from './service-store.ts'
import { startSweeper } from './sweeper.ts'

export interface ServeOptions {
  /** Whether to start the database too. */
  readonly embedded: boolean
  /** Whether to create the table or migrate the schema first; `embedded` implies it. */
  readonly migrate: boolean
  /** Folder for the data of an embedded database. */
  readonly dataDir: string
  /** The number of this worker, from 1. The primary has started the database and migrated it already. */
  readonly worker?: number | undefined
  /** Replaced to check that a deliberately faulty mover is found. */
  readonly parts?: MovingParts | undefined
}

/** A running service. */
export interface Service {
  readonly url: string
  /** Resolves with the reason when the service cannot continue: its workers or its embedded database keep dying. */
  readonly failed?: Promise<Error>
  /** Reads the catalog file again. If it is invalid, that is logged and the present products stay. */
  reload(): Promise<void>
  /** Waits for requests in flight, then closes the store and stops an embedded database. */
  stop(): Promise<void>
}

/**
 * Starts the service with the settings in `process.env`; an embedded database adds its address there.
 *
 * @throws ConfigError for an invalid or missing setting; CartError when the database cannot be used. Everything that had
 *   been started is stopped before.
 */
export async function serve(options: ServeOptions): Promise<Service> {
  // Whatever fails to stop, everything else is stopped too.
  await using started = new AsyncDisposableStack()
  const { worker } = options
  const alone = worker === undefined
  const base = alone ? null : { worker, pid: process.pid }
  const { LOG_LEVEL: level, CART_STORE_TYPE: type } = loadConfig(process.env)
  const logger = openLogger({ level, base })
  let failed: Promise<Error> | undefined
  if (options.embedded && alone) {
    const engine = await startEngine(type, options.dataDir, (reason) =>
      logger.error(`${reason}; starting the embedded database again`),
    )
    started.defer(() => engine.stop())
    failed = engine.failed
    Object.assign(process.env, engine.settings)
  }
  const config = loadConfig(process.env)
  await checkStoreSettings(config)
  const catalog = await openReloadable(() => loadCatalog(config))
  const own = await openObserve(process.env, logger)
  started.defer(async () => own.tracing?.stop())
  const events = own.metrics.authEvents
  const authenticate = await openAuthenticator(config, { logger, events })
  const observe = alone ? own : observeService(own)
  const migrate = alone && (options.migrate || options.embedded)
  const elsewhere = elsewhereOf(config, observe)
  const opened = await openServiceStore(config, {
    migrate,
    events: observe.metrics.storeEvents,
    failed: (err) => logger.warn({ err }, 'the lease for a move could not be renewed'),
    arrived: observe.metrics.cartArrived,
    parts: options.parts,
    homes: elsewhere?.forStore,
  })
  observe.metrics.moveOpened(() => moveStateOf(opened))
  const store = guarded(opened, observe, logger)
  started.defer(() => store.close())
  // Of several workers, only the first sweeps and logs warnings.
  const first = alone || worker === 1
  const warn = first ? logger : undefined
  // Not the observed store: these pings are of the service, not of a client.
  const clock = openDatabaseClock(() => store.ping())
  await clock.sync()
  observe.metrics.clockOpened(clock.offset)
  const keeper = keepClock(clock, { logger: warn })
  started.defer(() => keeper.stop())
  await compareHomes(elsewhere, { started, logger: warn })
  if (first && authenticate === undefined)
    logger.warn('AUTH_JWKS_URL and AUTH_JWKS_FILE are not set: everybody may access every cart')
  if (first && config.SWEEP_INTERVAL_SECONDS > 0) {
    const sweeper = startSweeper(observeStore(store, observe), {
      clock: clock.now,
      intervalMs: config.SWEEP_INTERVAL_SECONDS * 1000,
      batch: config.SWEEP_BATCH,
      logger,
    })
    started.defer(() => sweeper.stop())
  }

  const app = buildApp({
    maxConnections: await maxConnections(config, warn),
    config,
    store,
    catalog,
    logger,
    clock: clock.now,
    clockOffset: clock.offset,
    move: () => moveStateOf(opened),
    elsewhere,
    authenticate,
    observe,
    deployment: {
      engine: options.embedded ? 'embedded' : 'external',
      emulator: store.emulator ?? false,
    },
  })
  await serveMetrics(config, observe, { started, logger: warn })
  started.defer(() => app.close())
  const url = await app.listen({
    host: addressOf(config),
    port: config.PORT,
    listenTextResolver: (address) => `listening at ${address}, carts in ${store.kind}`,
  })
  const reload = async () => {
    await catalog.reload().then(
      () => logger.info({ products: catalog.size }, 'catalog reloaded'),
      (error: Error) => logger.error(`catalog not reloaded: ${error.message}`),
    )
  }
  const running = started.move()
  const stop = () => running.disposeAsync()
  return { url, reload, stop, ...(failed !== undefined && { failed }) }
}

/** For `localhost`, Fastify would open a second server for its other address, without the limits of connections and the drain. */
const addressOf = ({ HOST: host }: Config) => (host === 'localhost' ? '127.0.0.1' : host)

/** The home regions of the settings; `undefined` if carts have none. */
function elsewhereOf(config: Config, { metrics }: Observe) {
  const settings = homeSettingsOf(config)
  if (settings === undefined) return undefined
  const homes = openHomes(settings.own, settings.map)
  const events = countHomeEvents(metrics.registry)
  return { homes, settings, events, forStore: { ...settings, homes } }
}

/** Compares the home regions with those of the other regions, now and until everything that was started later has stopped. */
async function compareHomes(
  elsewhere: ReturnType<typeof elsewhereOf>,
  { started, logger }: { started: AsyncDisposableStack; logger: FastifyBaseLogger | undefined },
): Promise<void> {
  if (elsewhere === undefined) return
  const { homes, settings, events } = elsewhere
  const watch = watchHomes({ homes, urls: settings.urls, events, logger })
  // Before the first request: a region that comes back may have missed that another one has taken over.
  await watch.check()
  watch.start()
  started.defer(() => watch.stop())
}

/** Serves `/metrics` at METRICS_PORT, if there is one, until everything that was started later has stopped. */
async function serveMetrics(
  config: Config,
  observe: Observe,
  { started, logger }: { started: AsyncDisposableStack; logger: FastifyBaseLogger | undefined },
): Promise<void> {
  if (config.METRICS_PORT === undefined) return
  const server = createMetricsServer(observe, config)
  await once(server.listen(config.METRICS_PORT, config.HOST), 'listening')
  started.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  const { address, port, family } = server.address() as AddressInfo
  const host = family === 'IPv6' ? `[${address}]` : address
  logger?.info(`metrics at http://${host}:${port}/metrics`)
}

/** The store behind a circuit breaker, which reports to the log and the metrics. */
function guarded(store: CartStore, { metrics }: Observe, logger: FastifyBaseLogger): CartStore {
  const breaker = openBreaker(store, {
    changed: (isOpen, error) =>
      isOpen
        ? logger.error({ code: error?.code }, 'the database does not respond: refusing requests')
        : logger.warn('the database responds again'),
  })
  metrics.breakerOpened(breaker.isOpen)
  return breaker.store
}

/** How many connections of clients the file descriptors allow; `logger` gets a warning if they are few. */
async function maxConnections(
  config: Config,
  logger: FastifyBaseLogger | undefined,
): Promise<number> {
  const { CART_STORE_TYPE: type, MAX_CONNECTIONS: wanted, ...pools } = config
  const { DATABASE_READ_URL: readUrl, DATABASE_POOL_SIZE: size } = pools
  const onPostgres = readUrl === undefined ? size : 2 * size
  const regions = Object.keys(homeSettingsOf(config)?.map.homes ?? { own: '' }).length
  // Of each other region, its table and its service.
  const onDynamodb = regions * pools.DYNAMODB_POOL_SIZE + (regions - 1) * PEER_CONNECTIONS
  const pool = type === 'dynamodb' ? onDynamodb : onPostgres
  const divided = divideDescriptors(await descriptorLimit(), wanted, pool)
  if (divided.warning !== undefined) logger?.warn(divided.warning)
  return divided.maxConnections
}
