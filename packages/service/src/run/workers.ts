import cluster from 'node:cluster'
import type { FastifyBaseLogger } from 'fastify'
import { loadCatalog } from '../catalog/load-catalog.ts'
import { openCalls } from '../common/calls.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { startEngine } from '../engines/start-engine.ts'
import { openLogger } from '../observe/logger.ts'
import { createServiceMetrics, type Snapshot } from '../observe/service-metrics.ts'
import { GIVE_METRICS, SERVICE_METRICS } from '../observe/worker-metrics.ts'
import { checkStoreSettings, openStore } from '../store/open-store.ts'
import type { ServeOptions, Service } from './serve.ts'
import { supervise } from './supervisor.ts'
import { WORKER_NUMBER } from './worker.ts'

/**
 * Workers accept connections themselves. By default the primary would, and pass them on: a connection that is on its way to a
 * worker that is killed then stays open in the primary for ever, with its client waiting and a file descriptor lost; and it would
 * go on passing connections to a worker that is frozen. Now a connection that no worker has accepted is accepted by another.
 */
cluster.schedulingPolicy = cluster.SCHED_NONE

/** Time for closing the store and sending the last spans, after DRAIN_TIMEOUT_MS. */
const CLOSE_MS = 8000
/** Maximum time for the metrics of one worker; Prometheus waits 10 s for all of them. */
const METRICS_MS = 1000

/**
 * Starts the service in `count` processes that share the port. The primary (this process) starts the database and migrates
 * once. After that it only adds up metrics, and replaces workers that die or no longer respond.
 *
 * @throws as `serve` does, with the error of the first worker that fails
 */
export async function startWorkers(options: ServeOptions, count: number): Promise<Service> {
  await using started = new AsyncDisposableStack()
  const logger = openLogger({ level: loadConfig(process.env).LOG_LEVEL, base: null })
  const { config, failed } = await prepare(options, count, started, logger)
  const metrics = createServiceMetrics(METRICS_MS)

  const crew = await supervise({
    count,
    stopMs: config.DRAIN_TIMEOUT_MS + CLOSE_MS,
    logger,
    fork(number, port) {
      const worker = cluster.fork({
        [WORKER_NUMBER]: `${number}`,
        ...(port === undefined ? {} : { PORT: `${port}` }),
      })
      const call = openCalls(worker, { [SERVICE_METRICS]: () => metrics.text() })
      const remove = metrics.add(async () => (await call(GIVE_METRICS)) as Snapshot)
      worker.once('exit', remove)
      return worker
    },
  })
  started.defer(() => {
    releaseListener()
    return crew.stop()
  })
  const running = started.move()
  const reload = async () => {
    // Once here first, so that an invalid file is one log line and not one per worker.
    await loadCatalog(config).then(crew.reload, (error: Error) =>
      logger.error(`catalog not reloaded: ${error.message}`),
    )
  }
  return {
    url: crew.url,
    failed: Promise.race([crew.failed, ...failed]),
    reload,
    stop: () => running.disposeAsync(),
  }
}

/**
 * Closes the listening socket of this process. Workers have their own copies of it, and the one that closes the last copy has
 * accepted what was established. Otherwise cluster would close this copy some time after that, and the system reset the connections
 * of that time. Cluster closes it when no worker is connected, by this event; the channels stay open.
 */
function releaseListener(): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.emit('disconnect')
}

/** What must be done once, before any worker starts. Adds the address of an embedded database to `process.env`. */
async function prepare(
  options: ServeOptions,
  count: number,
  started: AsyncDisposableStack,
  logger: FastifyBaseLogger,
): Promise<{ readonly config: Config; readonly failed: readonly Promise<Error>[] }> {
  const { CART_STORE_TYPE: type } = loadConfig(process.env)
  if (type === 'memory' && count > 1)
    throw new ConfigError(
      'CART_STORE_TYPE=memory keeps its carts in one process and cannot have several workers',
    )
  const failed: Promise<Error>[] = []
  if (options.embedded) {
    const engine = await startEngine(type, options.dataDir, (reason) =>
      logger.error(`${reason}; starting the embedded database again`),
    )
    started.defer(() => engine.stop())
    failed.push(engine.failed)
    Object.assign(process.env, engine.settings)
  }
  const config = loadConfig(process.env)
  await checkStoreSettings(config)
  if (options.migrate || options.embedded) {
    const store = await openStore(config, { migrate: true })
    await store.close()
  }
  return { config, failed }
}
