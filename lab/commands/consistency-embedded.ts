import { join } from 'node:path'
import type { History, Kind } from '../../packages/histories/src/index.ts'
import { startEmbedded } from '../faults/embedded-service.ts'
import { InstanceError } from '../faults/service-instance.ts'
import { UsageError } from '../http/usage-error.ts'
import { recordInto, requireSense, tellingErrors } from './consistency-record.ts'
import { HISTORY_FILE, prepareFolder, reportHistories } from './consistency-report.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'

export interface EmbeddedCommandOptions {
  /** `postgres`, `dynamodb`, or both, one after the other and into one report. */
  readonly stores: readonly string[]
  readonly faults: boolean
  /** How far copies lag, milliseconds; 400 with faults. */
  readonly lagMs?: number | undefined
  readonly seconds: number
  readonly clients: number
  readonly seed: number
  readonly output: string
  readonly settleMs?: number | undefined
  readonly without?: readonly Kind[] | undefined
}

const LAG_MS = 400
/** A client waits for longer than the service waits for its database. */
const TIMEOUT_MS = 8000

/**
 * `pushcart consistency --embedded`: two instances of this service on an embedded database, recorded and checked; with
 * faults, everything between them and the database fails now and then, and copies of the data lag.
 *
 * @returns the exit code, as that of `recordCommand`; invalidRun also when the service does not start
 */
export async function embeddedConsistency(
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const stores = [...new Set(options.stores)].map(storeOf)
  try {
    return await tellingErrors(io, () => recordStores(stores, options, io))
  } catch (error) {
    const known =
      error instanceof InstanceError || (error instanceof Error && error.name === 'EngineError')
    if (!known) throw error
    io.err(`error: ${error.message}`)
    return EXIT.invalidRun
  }
}

type Store = 'postgres' | 'dynamodb'

function storeOf(name: string): Store {
  if (name === 'postgres' || name === 'dynamodb') return name
  throw new UsageError('embedded: postgres or dynamodb is wanted')
}

async function recordStores(
  stores: readonly Store[],
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  requireSense(options)
  const { output } = options
  const fileOf = (store: Store) => (stores.length === 1 ? HISTORY_FILE : `${store}.ndjson`)
  await prepareFolder(output, stores.map(fileOf))
  const histories: History[] = []
  for (const store of stores) {
    if (histories.length > 0 && io.signal?.aborted === true) break
    if (stores.length > 1) io.err(`${store}:`)
    histories.push(await recordStore(store, join(output, fileOf(store)), options, io))
  }
  return reportHistories(histories, output, io)
}

async function recordStore(
  store: Store,
  file: string,
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<History> {
  const { faults, seconds, clients, seed, settleMs, without } = options
  const lagMs = options.lagMs ?? (faults ? LAG_MS : 0)
  await using service = await startEmbedded({ store, seed, seconds, faults, lagMs })
  const { hosts, replica, alwaysKeyed, faults: planned } = service
  // Awaited here: the service stops when this function is left.
  return await recordInto(
    file,
    {
      host: hosts,
      replica,
      seconds,
      clients,
      seed,
      settleMs,
      without,
      timeoutMs: TIMEOUT_MS,
      alwaysKeyed,
      faults: planned,
    },
    io,
  )
}
