import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Engine } from './engine.ts'

/**
 * Starts the embedded database of a store, with its data below `dataDir`. The engines are loaded on demand, because their
 * packages are not part of a production image.
 */
export async function startEngine(
  type: Config['CART_STORE_TYPE'],
  dataDir: string,
): Promise<Engine> {
  switch (type) {
    case 'memory':
      return { settings: {}, stop: async () => {} }
    case 'postgres': {
      const { startPostgresEngine } = await import('./postgres-engine.ts')
      return startPostgresEngine({ dataDir: join(dataDir, 'postgres') })
    }
    case 'dynamodb': {
      const { startDynamoEngine } = await import('./dynamodb-engine.ts')
      return startDynamoEngine({ dataDir: join(dataDir, 'dynamodb') })
    }
  }
}
