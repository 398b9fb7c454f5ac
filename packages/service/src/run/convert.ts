import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { startEngine } from '../engines/start-engine.ts'
import { openLogger } from '../observe/logger.ts'
import { convertStore } from '../store/open-store.ts'

export interface ConvertOptions {
  readonly to: 'rows' | 'document'
  /** Whether to start the database first. */
  readonly embedded: boolean
  /** Folder with the data of an embedded database. */
  readonly dataDir: string
}

/**
 * `pushcart convert`: converts the carts of the PostgreSQL of the settings in `process.env` to another layout.
 *
 * @returns what was done, as a sentence
 * @throws ConfigError, ConversionError, CartError; nothing was changed then
 */
export async function convert({ to, embedded, dataDir }: ConvertOptions): Promise<string> {
  const { CART_STORE_TYPE: type, LOG_LEVEL: level } = loadConfig(process.env)
  if (type !== 'postgres')
    throw new ConfigError(`CART_STORE_TYPE=${type}: only carts on PostgreSQL have a layout`)
  await using started = new AsyncDisposableStack()
  if (embedded) {
    if (!existsSync(join(dataDir, 'postgres')))
      throw new ConfigError(`--data-dir ${dataDir}: has no embedded PostgreSQL`)
    const logger = openLogger({ level, base: null })
    const engine = await startEngine(type, dataDir, (reason) => logger.error(reason))
    started.defer(() => engine.stop())
    Object.assign(process.env, engine.settings)
  }
  const begun = performance.now()
  const { from, carts, lines } = await convertStore(loadConfig(process.env), to)
  if (from === to) return `the database has the layout "${to}" already`
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  return `converted ${carts} carts with ${lines} lines from "${from}" to "${to}" in ${seconds} s, with the same digest: start the service with POSTGRES_LAYOUT=${to}`
}
