import { join } from 'node:path'
import type { History, Kind } from '@pushcart/histories'
import { UsageError } from '../errors/usage-error.ts'
import { startEmbedded } from '../faults/embedded-service.ts'
import type { CommandIo } from '../terminal/io.ts'
import { recordInto, requireSense } from './consistency-record.ts'
import { HISTORY_FILE, prepareFolder, reportHistories } from './consistency-report.ts'
import type { CommandResult } from './run-command.ts'

export interface EmbeddedCommandOptions {
  /** `postgres`, `postgres-document`, `dynamodb`, or several, which go into one report. */
  readonly stores: readonly string[]
  readonly faults: boolean
  readonly seconds: number
  readonly clients: number
  readonly seed: number
  readonly output: string
  readonly without?: readonly Kind[] | undefined
  /** File for the guarantees as JUnit XML. */
  readonly junit?: string | undefined
}

/** Lag of replicas when faults are injected, milliseconds. */
const LAG_MS = 400
/** Longer than the service waits for its database. */
const TIMEOUT_MS = 8000

const STORES = {
  postgres: { store: 'postgres', layout: 'rows' },
  'postgres-document': { store: 'postgres', layout: 'document' },
  dynamodb: { store: 'dynamodb' },
} as const

type Store = keyof typeof STORES

/**
 * `pushcart consistency --embedded`: records and checks two instances of this service on an embedded database. With
 * faults, the connection between them and the database fails repeatedly, and copies of the data lag.
 *
 * @throws LabError
 */
export async function embeddedConsistency(
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const stores = [...new Set(options.stores)].map(storeOf)
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
  return reportHistories(histories, output, io, { junit: options.junit })
}

function storeOf(name: string): Store {
  const known = Object.keys(STORES) as Store[]
  const store = known.find((each) => each === name)
  if (store !== undefined) return store
  throw new UsageError(`embedded: unknown store "${name}"; expected one of ${known.join(', ')}`)
}

async function recordStore(
  store: Store,
  file: string,
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<History> {
  const { faults, seconds, clients, seed, without } = options
  const lagMs = faults ? LAG_MS : 0
  const { signal } = io
  await using service = await startEmbedded({
    ...STORES[store],
    seed,
    seconds,
    faults,
    lagMs,
    signal,
  })
  const { hosts, replica, eventualFrom, alwaysKeyed, faults: planned } = service
  // Awaited here, because the service stops when this function returns.
  return await recordInto(
    file,
    {
      host: hosts,
      replica,
      eventualFrom,
      seconds,
      clients,
      seed,
      without,
      timeoutMs: TIMEOUT_MS,
      alwaysKeyed,
      faults: planned,
    },
    io,
  )
}
