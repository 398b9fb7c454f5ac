import { type Config, type LayoutName, legacyCurrencyOf } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { HomeOptions } from './dynamodb/home-endpoints.ts'
import type { Pair } from './moving/pair.ts'
import { atSide } from './moving/side-errors.ts'
import type { Conversion } from './postgres/convert.ts'
import type { ConnectionOptions } from './postgres/options.ts'
import type { PasswordSource } from './postgres/password.ts'
import type { MovableStore } from './residences.ts'
import type { StoreEvents } from './store-events.ts'

export interface OpenOptions {
  readonly migrate: boolean
  readonly events?: StoreEvents | undefined
  /** Whether the store takes part in a move: see `PostgresStoreOptions`. */
  readonly moving?: boolean
  /** Of a global table of DynamoDB whose carts have home regions. */
  readonly homes?: HomeOptions | undefined
}

/**
 * Opens the store that `CART_STORE_TYPE` names. This is the only place that chooses a store. Its driver is loaded on demand:
 * the AWS SDK alone would take a third of the start time of a service on PostgreSQL.
 *
 * @param migrate whether to create the table or migrate the schema first
 * @param events  receives retries, conflicts, consumed units and pool use
 * @throws ConfigError when a required setting is missing or the database has carts in another layout; CartError when the database cannot be used
 */
export async function openStore(
  config: Config,
  { migrate, events, moving, homes }: OpenOptions,
): Promise<MovableStore> {
  const legacyCurrency = legacyCurrencyOf(config)
  switch (config.CART_STORE_TYPE) {
    case 'memory': {
      const { openMemoryStore } = await import('./memory/memory-store.ts')
      return openMemoryStore()
    }
    case 'postgres': {
      const { openPostgresStore } = await import('./postgres/postgres-store.ts')
      return openPostgresStore({
        ...connectionOptions(config),
        readUrl: config.DATABASE_READ_URL,
        layout: config.POSTGRES_LAYOUT,
        migrate,
        legacyCurrency,
        maxLikelyWaitMs: config.ADMISSION_STORE_WAIT_MS,
        events,
        moving,
      })
    }
    case 'dynamodb': {
      const tableName = required(config, 'DYNAMODB_TABLE_NAME')
      const { openDynamoStore } = await import('./dynamodb/dynamo-store.ts')
      const http = { connections: config.DYNAMODB_POOL_SIZE }
      const transport = config.DYNAMODB_CLIENT
      return openDynamoStore({
        tableName,
        migrate,
        legacyCurrency,
        maxLikelyWaitMs: config.ADMISSION_STORE_WAIT_MS,
        events,
        http,
        transport,
        homes,
      })
    }
  }
}

/** The settings of the database to which carts move; `undefined` without `MOVE_TO_CART_STORE_TYPE`. */
export function destinationOf(config: Config): Config | undefined {
  const { MOVE_TO_CART_STORE_TYPE: type } = config
  if (type === undefined) return undefined
  const settings = {
    ...config,
    CART_STORE_TYPE: type,
    DATABASE_URL: config.MOVE_TO_DATABASE_URL,
    DATABASE_READ_URL: undefined,
    DATABASE_PASSWORD_FILE: config.MOVE_TO_DATABASE_PASSWORD_FILE,
    DATABASE_PASSWORD_COMMAND: config.MOVE_TO_DATABASE_PASSWORD_COMMAND,
    DATABASE_SECRET_ARN: config.MOVE_TO_DATABASE_SECRET_ARN,
    DATABASE_AUTH: config.MOVE_TO_DATABASE_AUTH ?? 'password',
    POSTGRES_LAYOUT: config.MOVE_TO_POSTGRES_LAYOUT ?? config.POSTGRES_LAYOUT,
    DYNAMODB_TABLE_NAME: config.MOVE_TO_DYNAMODB_TABLE_NAME,
    MOVE_TO_CART_STORE_TYPE: undefined,
  }
  const set = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set) as unknown as Config
}

/**
 * Checks that a move has two databases, without opening anything.
 *
 * @returns the settings of the destination
 * @throws ConfigError
 */
export async function requireDestination(config: Config): Promise<Config> {
  const to = destinationOf(config)
  if (to === undefined)
    throw new ConfigError('MOVE_TO_CART_STORE_TYPE is not set: it names the database to move to')
  if (config.CART_STORE_TYPE === 'memory')
    throw new ConfigError(
      'Carts in memory cannot move: CART_STORE_TYPE must be postgres or dynamodb',
    )
  const target = to.CART_STORE_TYPE === 'postgres' ? 'DATABASE_URL' : 'DYNAMODB_TABLE_NAME'
  if (to[target] === undefined)
    throw new ConfigError(
      `MOVE_TO_${target} is not set: MOVE_TO_CART_STORE_TYPE=${to.CART_STORE_TYPE} requires it`,
    )
  await checkStoreSettings(config)
  await atSide('destination', () => checkStoreSettings(to))
  if (to.CART_STORE_TYPE === config.CART_STORE_TYPE && to[target] === config[target])
    throw new ConfigError(`MOVE_TO_${target} is the same as ${target}: a move needs two databases`)
  return to
}

/**
 * Opens both databases of a move. Neither is created or migrated.
 *
 * @throws as `requireDestination` and `openStore` do
 */
export async function openPair(config: Config, events?: StoreEvents): Promise<Pair> {
  const to = await requireDestination(config)
  // Only one pool is shown in the metrics.
  const quiet = events && { ...events, poolOpened() {} }
  const options = { migrate: false, events: quiet, moving: true }
  const source = await atSide('source', () => openStore(config, options))
  try {
    const destination = await atSide('destination', () => openStore(to, options))
    return { source, destination }
  } catch (error) {
    await source.close()
    throw error
  }
}

/**
 * Converts the carts on PostgreSQL to a layout.
 *
 * @throws as `convertLayout` does
 */
export async function convertStore(config: Config, to: LayoutName): Promise<Conversion> {
  const { convertLayout } = await import('./postgres/convert.ts')
  return convertLayout(connectionOptions(config), to)
}

/**
 * Checks the settings of the store, without opening anything.
 *
 * @throws ConfigError
 */
export async function checkStoreSettings(config: Config): Promise<void> {
  switch (config.CART_STORE_TYPE) {
    case 'memory':
      return
    case 'postgres': {
      const { checkConnectionOptions } = await import('./postgres/options.ts')
      const options = connectionOptions(config)
      checkConnectionOptions(options)
      const { DATABASE_READ_URL: databaseUrl } = config
      if (databaseUrl !== undefined)
        checkConnectionOptions({ ...options, databaseUrl, readOnly: true })
      return
    }
    case 'dynamodb': {
      required(config, 'DYNAMODB_TABLE_NAME')
      const { checkAwsSettings } = await import('./dynamodb/aws-settings.ts')
      checkAwsSettings(process.env)
    }
  }
}

function connectionOptions(config: Config): ConnectionOptions {
  return {
    databaseUrl: required(config, 'DATABASE_URL'),
    password: passwordSource(config),
    session: config.DATABASE_SESSION_SETTINGS,
    poolSize: config.DATABASE_POOL_SIZE,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
  }
}

function passwordSource(config: Config): PasswordSource | undefined {
  const {
    DATABASE_PASSWORD_FILE: file,
    DATABASE_PASSWORD_COMMAND: command,
    DATABASE_SECRET_ARN: secret,
    DATABASE_AUTH: auth,
  } = config
  const sources: PasswordSource[] = [
    ...(file === undefined ? [] : [{ file }]),
    ...(command === undefined ? [] : [{ command }]),
    ...(secret === undefined ? [] : [{ secret }]),
    ...(auth === 'aws-iam' ? [{ iam: true } as const] : []),
  ]
  if (sources.length > 1)
    throw new ConfigError(
      'Only one of DATABASE_PASSWORD_FILE, DATABASE_PASSWORD_COMMAND, DATABASE_SECRET_ARN and DATABASE_AUTH=aws-iam can be set',
    )
  return sources[0]
}

function required(config: Config, name: 'DATABASE_URL' | 'DYNAMODB_TABLE_NAME'): string {
  const value = config[name]
  if (value !== undefined) return value
  throw new ConfigError(
    `${name} is not set: CART_STORE_TYPE=${config.CART_STORE_TYPE} requires it (or start with --embedded)`,
  )
}
