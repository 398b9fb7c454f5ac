import { type Config, legacyCurrencyOf } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { CartStore } from './cart-store.ts'
import type { StoreEvents } from './store-events.ts'

/**
 * Opens the store that `CART_STORE_TYPE` names. This is the only place that chooses a store. Its driver is loaded on demand:
 * the AWS SDK alone would take a third of the start time of a service on PostgreSQL.
 *
 * @param migrate whether to create the table or migrate the schema first
 * @param events  receives retries, conflicts, consumed units and pool use
 * @throws ConfigError when a required setting is missing; CartError when the database cannot be used
 */
export async function openStore(
  config: Config,
  { migrate, events }: { readonly migrate: boolean; readonly events?: StoreEvents | undefined },
): Promise<CartStore> {
  const legacyCurrency = legacyCurrencyOf(config)
  switch (config.CART_STORE_TYPE) {
    case 'memory': {
      const { openMemoryStore } = await import('./memory/memory-store.ts')
      return openMemoryStore()
    }
    case 'postgres': {
      const databaseUrl = required(config, 'DATABASE_URL')
      const { openPostgresStore } = await import('./postgres/postgres-store.ts')
      const { DATABASE_POOL_SIZE: poolSize, DATABASE_STATEMENT_TIMEOUT_MS: statementTimeoutMs } =
        config
      return openPostgresStore({
        databaseUrl,
        poolSize,
        statementTimeoutMs,
        migrate,
        legacyCurrency,
        events,
      })
    }
    case 'dynamodb': {
      const tableName = required(config, 'DYNAMODB_TABLE_NAME')
      const { openDynamoStore } = await import('./dynamodb/dynamo-store.ts')
      const http = { connections: config.DYNAMODB_POOL_SIZE }
      const transport = config.DYNAMODB_CLIENT
      return openDynamoStore({ tableName, migrate, legacyCurrency, events, http, transport })
    }
  }
}

function required(config: Config, name: 'DATABASE_URL' | 'DYNAMODB_TABLE_NAME'): string {
  const value = config[name]
  if (value !== undefined) return value
  throw new ConfigError(
    `${name} is not set: CART_STORE_TYPE=${config.CART_STORE_TYPE} requires it (or start with --embedded)`,
  )
}
