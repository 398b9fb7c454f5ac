import cluster from 'node:cluster'
import { openCalls } from './calls.ts'
import { type Config, loadConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { startEngine } from './engines/start-engine.ts'
import { openLogger } from './logger.ts'
import { createServiceMetrics, type Snapshot } from './observe/service-metrics.ts'
import { GIVE_METRICS, SERVICE_METRICS } from './observe/worker-metrics.ts'
import type { ServeOptions, Service } from './serve.ts'
import { openStore } from './store/open-store.ts'
import { supervise } from './supervisor.ts'
import { WORKER_NUMBER } from './worker.ts'

/** What a worker may take on top of DRAIN_TIMEOUT_MS: closing the store, sending the last spans. */
const CLOSE_MS = 8000
/** Longest time for a worker's metrics; Prometheus waits 10 s for the whole. */
const METRICS_MS = 1000

/**
 * Starts the service in `count` processes that share the port. This one, the primary, starts the database and
 * migrates, once; then it only hands out connections, adds up metrics and replaces workers that die.
 *
 * @throws as `serve` does; what one worker reports stands for all
 */
export async function startWorkers(options: ServeOptions, count: number): Promise<Service> {
  await using started = new AsyncDisposableStack()
  const config = await prepare(options, count, started)
  const logger = openLogger({ level: config.LOG_LEVEL, base: null })
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
  started.defer(() => crew.stop())
  const running = started.move()
  return { url: crew.url, failed: crew.failed, stop: () => running.disposeAsync() }
}

/** The work that must be done once and before any worker. Puts the database's address into `process.env`. */
async function prepare(
  options: ServeOptions,
  count: number,
  started: AsyncDisposableStack,
): Promise<Config> {
  const { CART_STORE_TYPE: type } = loadConfig(process.env)
  if (type === 'memory' && count > 1)
    throw new ConfigError(
      'CART_STORE_TYPE=memory keeps its carts in one process: it cannot have several workers',
    )
  if (options.embedded) {
    const engine = await startEngine(type, options.dataDir)
    started.defer(() => engine.stop())
    Object.assign(process.env, engine.settings)
  }
  const config = loadConfig(process.env)
  if (options.migrate || options.embedded) {
    const store = await openStore(config, { migrate: true })
    await store.close()
  }
  return config
}
