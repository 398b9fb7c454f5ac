import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningService, startService } from '../services/start-service.ts'
import { DYNAMO_FAULTS, LAG_FAULTS, startDynamoProxy } from './dynamo-proxy.ts'
import { planFaults } from './fault-plan.ts'
import { type Faults, openFaults } from './faults.ts'
import { POSTGRES_FAULTS, playPostgresFaults } from './postgres-faults.ts'
import { type Primary, preparePrimary, startStandby, urlOf } from './start-standby.ts'
import { startTcpProxy, TCP_FAULTS } from './tcp-proxy.ts'

/** Two instances of the service on an embedded database, with fault proxies in between. */
export interface EmbeddedService extends AsyncDisposable {
  readonly hosts: readonly string[]
  /** Where the lab lets eventual reads come from, in words; `undefined` where it adds nothing. */
  readonly eventualFrom?: string | undefined
  /** `undefined` without faults. */
  readonly faults?: Faults | undefined
  /** Whether requests may be delivered twice: then only an idempotency key keeps an add from counting twice. */
  readonly alwaysKeyed: boolean
}

export interface EmbeddedOptions {
  readonly store: 'postgres' | 'dynamodb'
  /** Where PostgreSQL keeps the lines of carts; the service's default unless given. */
  readonly layout?: 'rows' | 'document' | undefined
  readonly seed: number
  readonly seconds: number
  /** Whether requests, responses, connections and servers fail. */
  readonly faults: boolean
  /**
   * Lag of copies, milliseconds: on DynamoDB of the indexes and of three replicas, the first of which is current; on
   * PostgreSQL of a hot standby that serves eventual reads. 0 for no copies.
   */
  readonly lagMs: number
  /** Aborts the start of an instance. */
  readonly signal?: AbortSignal | undefined
}

interface Engine {
  readonly settings: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** A short statement timeout: a blocked database must not stop the service for half of the recording. */
function postgresSettings({ layout }: EmbeddedOptions) {
  return {
    CART_STORE_TYPE: 'postgres',
    DATABASE_STATEMENT_TIMEOUT_MS: '1000',
    DATABASE_POOL_SIZE: '4',
    // Reads that do not ask for a mode find out what the service can do.
    READ_CONSISTENCY: 'strong',
    ...(layout !== undefined && { POSTGRES_LAYOUT: layout }),
  }
}

/**
 * Starts the database, the proxies and the instances; disposing stops them and removes the data.
 *
 * @throws ServiceStartError; nothing is left running
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedService> {
  const stack = new AsyncDisposableStack()
  try {
    const folder = await mkdtemp(join(tmpdir(), 'pushcart-consistency-'))
    stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
    // If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
    await chmod(folder, 0o711)
    const started =
      options.store === 'postgres'
        ? await startOnPostgres(options, folder, stack)
        : await startOnDynamo(options, stack)
    return { ...started, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

type Started = Omit<EmbeddedService, typeof Symbol.asyncDispose>

async function startOnDynamo(
  { seed, seconds, faults: wanted, lagMs, signal }: EmbeddedOptions,
  stack: AsyncDisposableStack,
): Promise<Started> {
  const { startDynamoEngine } = await import('@pushcart/service/engines')
  const engine: Engine = await startDynamoEngine()
  stack.defer(() => engine.stop())
  const striking = wanted ? DYNAMO_FAULTS : []
  const always = lagMs > 0 ? LAG_FAULTS : []
  const faults = openFaults(planFaults(seed, striking, seconds, always))
  const proxy = stack.use(
    await startDynamoProxy({
      target: engine.settings.AWS_ENDPOINT_URL_DYNAMODB ?? '',
      faults,
      lagsMs: lagMs > 0 ? [0, lagMs / 4, lagMs] : [],
      indexLagMs: lagMs,
    }),
  )
  const settings = {
    ...engine.settings,
    CART_STORE_TYPE: 'dynamodb',
    READ_CONSISTENCY: 'eventual',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
  }
  const hosts = await startTwo(settings, stack, signal)
  const eventualFrom =
    lagMs > 0
      ? `three replicas and indexes that the lab simulates, delayed by up to ${lagMs} ms`
      : undefined
  return { hosts, eventualFrom, faults, alwaysKeyed: wanted }
}

async function startOnPostgres(
  options: EmbeddedOptions,
  folder: string,
  stack: AsyncDisposableStack,
): Promise<Started> {
  const { seed, seconds, faults: wanted, lagMs, signal } = options
  const settings = postgresSettings(options)
  const dataDir = join(folder, 'primary')
  if (lagMs > 0) await preparePrimary(dataDir)
  const engine = await startPostgres(dataDir)
  stack.defer(() => engine.stop())
  const url = urlOf(engine)
  const striking = wanted ? [...TCP_FAULTS, ...POSTGRES_FAULTS] : []
  const faults = openFaults(planFaults(seed, striking, seconds))
  const { hostname, port } = new URL(url)
  const proxy = stack.use(await startTcpProxy({ host: hostname, port: Number(port), faults }))
  const through = new URL(url)
  through.port = new URL(proxy.url).port
  const addresses = {
    DATABASE_URL: through.href,
    ...(lagMs > 0 && {
      DATABASE_READ_URL: await replicaOf({ dataDir, url }, folder, lagMs, stack),
    }),
  }
  const hosts = await startTwo({ ...settings, ...addresses }, stack, signal)
  if (wanted) stack.use(await playPostgresFaults(url, faults))
  const eventualFrom =
    lagMs > 0 ? `a hot standby that the lab added, delayed by ${lagMs} ms` : undefined
  return { hosts, eventualFrom, faults, alwaysKeyed: false }
}

async function startPostgres(dataDir: string): Promise<Engine> {
  const { startPostgresEngine } = await import('@pushcart/service/engines')
  return startPostgresEngine({ dataDir })
}

/** @returns the URL of a hot standby */
async function replicaOf(
  primary: Primary,
  folder: string,
  delayMs: number,
  stack: AsyncDisposableStack,
): Promise<string> {
  const engine = await startStandby(primary, join(folder, 'standby'), delayMs)
  stack.defer(() => engine.stop())
  return urlOf(engine)
}

async function startTwo(
  settings: Readonly<Record<string, string>>,
  stack: AsyncDisposableStack,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const first = stack.use(await startInstance(settings, ['--migrate'], signal))
  const second = stack.use(await startInstance(settings, [], signal))
  return [first.url, second.url]
}

function startInstance(
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RunningService> {
  const quiet = { LOG_LEVEL: 'fatal', SWEEP_INTERVAL_SECONDS: '0' }
  return startService({ args, settings: { ...quiet, ...settings }, signal })
}
