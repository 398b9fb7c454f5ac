import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { WatchedEngine } from './engine.ts'
import { type KeptEngine, keepRunning } from './keep-running.ts'

/**
 * Starts the embedded database of a store, with its data below `dataDir`, and keeps it running. The engines are loaded on
 * demand, because their packages are not part of a production image.
 *
 * @param restarting called with the reason before the database is started again
 */
export async function startEngine(
  type: Config['CART_STORE_TYPE'],
  dataDir: string,
  restarting: (reason: string) => void,
): Promise<KeptEngine> {
  if (type === 'memory')
    return { settings: {}, failed: new Promise(() => {}), stop: async () => {} }
  return keepRunning({ start: (port) => startOnce(type, dataDir, port), restarting })
}

async function startOnce(
  type: 'postgres' | 'dynamodb',
  dataDir: string,
  port: number | undefined,
): Promise<WatchedEngine> {
  const options = { dataDir: join(dataDir, type), ...(port !== undefined && { port }) }
  switch (type) {
    case 'postgres': {
      const { startPostgresEngine } = await import('./postgres-engine.ts')
      return startPostgresEngine(options)
    }
    case 'dynamodb': {
      const { startDynamoEngine } = await import('./dynamodb-engine.ts')
      return startDynamoEngine(options)
    }
  }
}
