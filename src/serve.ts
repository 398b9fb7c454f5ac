import { pino } from 'pino'
import { loadCatalog } from './catalog/load-catalog.ts'
import { type Config, loadConfig } from './config.ts'
import { startEngine } from './engines/start-engine.ts'
import { buildApp } from './http/app.ts'
import { openAuthenticator } from './http/auth.ts'
import type { Deployment } from './http/routes/health.ts'
import { openStore } from './store/open-store.ts'

export interface ServeOptions {
  /** Start the database too. */
  readonly embedded: boolean
  /** Create the table or migrate the schema first; `embedded` implies it. */
  readonly migrate: boolean
  /** Where an embedded database keeps its data. */
  readonly dataDir: string
}

/** A running service. */
export interface Service {
  readonly url: string
  /** Lets requests in flight finish, then closes the store and stops an embedded database. */
  stop(): Promise<void>
}

/**
 * Starts the service from the environment `process.env`, which an embedded database extends with its address.
 *
 * @throws ConfigError for a bad or missing setting; CartError when the database cannot be used. What had
 *   been started by then is stopped again.
 */
export async function serve(options: ServeOptions): Promise<Service> {
  const undo: (() => Promise<void>)[] = []
  const stop = async () => {
    for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last()
  }
  try {
    if (options.embedded) {
      const engine = await startEngine(loadConfig(process.env).CART_STORE_TYPE, options.dataDir)
      undo.push(engine.stop)
      Object.assign(process.env, engine.settings)
    }
    const config = loadConfig(process.env)
    const logger = pino({ level: config.LOG_LEVEL, base: null })
    const authenticate = await openAuthenticator(config)
    if (authenticate === undefined) logger.warn('no AUTH_JWKS_*: everybody may reach every cart')
    const catalog = await loadCatalog(config)
    const store = await openStore(config, { migrate: options.migrate || options.embedded })
    undo.push(() => store.close())

    const app = buildApp({
      config,
      store,
      catalog,
      logger,
      authenticate,
      deployment: deploymentOf(options, config),
    })
    undo.push(() => app.close())
    const url = await app.listen({
      host: config.HOST,
      port: config.PORT,
      listenTextResolver: (address) => `listening at ${address}, carts in ${store.kind}`,
    })
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function deploymentOf(options: ServeOptions, config: Config): Deployment {
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB ?? process.env.AWS_ENDPOINT_URL ?? ''
  const amazon = endpoint === '' || /\.amazonaws\.com(\.cn)?(:\d+)?\/?$/.test(endpoint)
  return {
    engine: options.embedded ? 'embedded' : 'external',
    emulator: config.CART_STORE_TYPE === 'dynamodb' && !amazon,
  }
}
