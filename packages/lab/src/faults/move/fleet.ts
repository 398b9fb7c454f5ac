import {
  type RunningService,
  type ServiceProgram,
  startService,
} from '../../services/start-service.ts'
import { DYNAMO_FAULTS, LAG_FAULTS, startDynamoProxy } from '../dynamo-proxy.ts'
import { planFaults } from '../fault-plan.ts'
import { type Faults, openFaults } from '../faults.ts'
import { POSTGRES_FAULTS, playPostgresFaults } from '../postgres-faults.ts'
import { startTcpProxy, TCP_FAULTS } from '../tcp-proxy.ts'
import { type Director, openDirector } from './director.ts'
import { DISRUPTIONS } from './disruptor.ts'
import type { Engines, Settings } from './engines.ts'
import { type Instance, startInstance } from './instance.ts'
import { joinFaults, type RecordedFaults } from './joined-faults.ts'

/** Three instances of the service on two databases, between which carts move to and fro while the fleet is used. */
export interface MovingFleet extends AsyncDisposable {
  /** The instances that take part in the move. */
  readonly hosts: readonly string[]
  /** The instance of the release before. */
  readonly old: string
  readonly faults: RecordedFaults
  readonly director: Director
  readonly eventualFrom: string | undefined
}

export interface FleetOptions {
  readonly engines: Engines
  /** The source of the move; the other database is its destination. */
  readonly from: 'postgres' | 'dynamodb'
  readonly seed: number
  readonly seconds: number
  /** Whether both databases fail, and movers and instances are killed and frozen. */
  readonly faults: boolean
  /** Carts that are there when the move begins: the rate of the mover depends on it. */
  readonly carts: number
  /** Lag of the replicas and indexes of DynamoDB, milliseconds. */
  readonly lagMs: number
  /** Of the mover and of the instances that take part; `pushcart-service` unless given. */
  readonly program?: ServiceProgram | undefined
  /** Of the instance of the release before; `pushcart-service` without the settings of a move unless given. */
  readonly oldProgram?: ServiceProgram | undefined
  readonly signal?: AbortSignal | undefined
}

/** Short, because every change of the phase waits for the lease of an instance that was killed. */
const LEASE_MS = 2000

const COMMON: Settings = {
  LOG_LEVEL: 'fatal',
  SWEEP_INTERVAL_SECONDS: '0',
  READ_CONSISTENCY: 'eventual',
  // A blocked database must not stop the service for half of the recording.
  DATABASE_STATEMENT_TIMEOUT_MS: '1000',
  DATABASE_POOL_SIZE: '4',
}

/** A mover waits for responses most of the time, and with a connection for every few of its workers it moves as many carts at once. */
const MOVER_POOL_SIZE = '24'

/**
 * Starts the proxies and the instances. Disposing stops them, and the mover.
 *
 * @throws ServiceStartError; nothing is left running
 */
export async function startFleet(options: FleetOptions): Promise<MovingFleet> {
  const stack = new AsyncDisposableStack()
  try {
    const fleet = await startIn(stack, options)
    return { ...fleet, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function startIn(
  stack: AsyncDisposableStack,
  options: FleetOptions,
): Promise<Omit<MovingFleet, typeof Symbol.asyncDispose>> {
  const { from, seed, seconds, carts, lagMs, program, oldProgram, signal } = options
  const { databases, striking } = await openDatabases(stack, options)
  const to = from === 'postgres' ? 'dynamodb' : 'postgres'
  const common = { ...COMMON, NODE_COMPILE_CACHE: options.engines.cacheFolder }
  const source = { ...common, ...databases[from], CART_STORE_TYPE: from }
  await migrate({ ...common, ...databases[to], CART_STORE_TYPE: to }, signal)
  const settings = { ...source, ...movingTo(to, databases[to]), MOVE_LEASE_MS: String(LEASE_MS) }
  const old = stack.use(
    await startInstance('old', {
      args: ['--migrate'],
      settings: source,
      program: oldProgram,
      signal,
    }),
  )
  const instances: Instance[] = []
  for (const name of ['i0', 'i1'])
    instances.push(stack.use(await startInstance(name, { settings, program, signal })))
  const disruptions = openFaults(planFaults(seed, [], seconds, options.faults ? DISRUPTIONS : []))
  const director = openDirector({
    mover: { settings: { ...settings, DATABASE_POOL_SIZE: MOVER_POOL_SIZE }, program },
    instances,
    old,
    faults: disruptions,
    disrupts: options.faults,
    seed,
    carts,
  })
  stack.defer(() => director.stop())
  const joined = joinFaults([...striking, disruptions])
  return {
    hosts: instances.map(({ url }) => url),
    old: old.url,
    director,
    faults: {
      ...joined,
      begin(clock) {
        joined.begin(clock)
        director.begin()
      },
      end() {
        joined.end()
        director.end()
      },
    },
    eventualFrom:
      lagMs > 0
        ? `on DynamoDB: three replicas and indexes that the lab simulates, delayed by up to ${lagMs} ms`
        : undefined,
  }
}

/** The databases of this run behind proxies, and what strikes there. */
async function openDatabases(
  stack: AsyncDisposableStack,
  { engines, seed, seconds, faults: wanted, lagMs }: FleetOptions,
): Promise<{
  readonly databases: Readonly<Record<'postgres' | 'dynamodb', Settings>>
  readonly striking: readonly Faults[]
}> {
  const { postgres, dynamodb } = await engines.newDatabases()
  const onDynamo = wanted ? DYNAMO_FAULTS : []
  const dynamoFaults = openFaults(planFaults(seed, onDynamo, seconds, lagMs > 0 ? LAG_FAULTS : []))
  const dynamoProxy = stack.use(
    await startDynamoProxy({
      target: dynamodb.AWS_ENDPOINT_URL_DYNAMODB ?? '',
      faults: dynamoFaults,
      lagsMs: lagMs > 0 ? [0, lagMs / 4, lagMs] : [],
      indexLagMs: lagMs,
    }),
  )
  const url = new URL(postgres.DATABASE_URL ?? '')
  const onPostgres = wanted ? [...TCP_FAULTS, ...POSTGRES_FAULTS] : []
  // Another seed than for DynamoDB, so that the windows of both do not coincide.
  const postgresFaults = openFaults(planFaults(-1 - seed, onPostgres, seconds))
  const tcpProxy = stack.use(
    await startTcpProxy({
      host: url.hostname,
      port: Number(url.port),
      faults: postgresFaults,
    }),
  )
  const through = new URL(url)
  through.port = new URL(tcpProxy.url).port
  if (wanted) stack.use(await playPostgresFaults(url.href, postgresFaults))
  return {
    databases: {
      postgres: { ...postgres, DATABASE_URL: through.href },
      dynamodb: { ...dynamodb, AWS_ENDPOINT_URL_DYNAMODB: dynamoProxy.url },
    },
    striking: [dynamoFaults, postgresFaults],
  }
}

/** An instance that creates the tables and stops: a move creates none. */
async function migrate(settings: Settings, signal: AbortSignal | undefined): Promise<void> {
  const service: RunningService = await startService({ args: ['--migrate'], settings, signal })
  await service.stop()
}

/** The settings that name the destination. */
function movingTo(to: 'postgres' | 'dynamodb', settings: Settings): Settings {
  const { DATABASE_URL: url = '', DYNAMODB_TABLE_NAME: table = '', ...shared } = settings
  return {
    ...shared,
    MOVE_TO_CART_STORE_TYPE: to,
    ...(to === 'postgres' ? { MOVE_TO_DATABASE_URL: url } : { MOVE_TO_DYNAMODB_TABLE_NAME: table }),
  }
}
