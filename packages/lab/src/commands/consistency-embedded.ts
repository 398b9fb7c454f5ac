import { join } from 'node:path'
import type { History, Kind } from '@pushcart/histories'
import { EXIT } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { startEmbedded } from '../faults/embedded-service.ts'
import { startEngines } from '../faults/move/engines.ts'
import type { CommandIo } from '../terminal/io.ts'
import { type MoveOfFleet, recordMove } from './consistency-move.ts'
import { recordInto, requireSense } from './consistency-record.ts'
import { HISTORY_FILE, prepareFolder, reportHistories } from './consistency-report.ts'
import type { CommandResult } from './run-command.ts'

export interface EmbeddedCommandOptions {
  /** `postgres`, `postgres-document`, `dynamodb`, or several, which go into one report. */
  readonly stores: readonly string[]
  readonly faults: boolean
  /** 10, and 120 for a move, which ends earlier, unless given. */
  readonly seconds?: number | undefined
  readonly clients: number
  readonly seed: number
  readonly output: string
  readonly without?: readonly Kind[] | undefined
  /** File for the guarantees as JUnit XML. */
  readonly junit?: string | undefined
  /** Of a move: carts that are there when it begins. */
  readonly carts?: number | undefined
}

/** Lag of replicas when faults are injected, milliseconds. */
const LAG_MS = 400
/** Duration of a recording, and its maximum for a move, seconds. */
const SECONDS = 10
const MOVE_SECONDS = 120
/** Longer than the service waits for its database. */
const TIMEOUT_MS = 8000

const STORES = {
  postgres: { store: 'postgres', layout: 'rows' },
  'postgres-document': { store: 'postgres', layout: 'document' },
  dynamodb: { store: 'dynamodb' },
  move: { from: 'postgres' },
  'move-from-dynamodb': { from: 'dynamodb' },
} as const

type Store = keyof typeof STORES

/**
 * `pushcart consistency --embedded`: records and checks two instances of this service on an embedded database. With
 * faults, the connection between them and the database fails repeatedly, and copies of the data lag. `move` is a fleet whose
 * carts move between both databases meanwhile.
 *
 * @throws LabError
 */
export async function embeddedConsistency(
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const stores = [...new Set(options.stores)].map(storeOf)
  requireSense({ ...options, seconds: options.seconds ?? SECONDS })
  const { output } = options
  const fileOf = (store: Store) => (stores.length === 1 ? HISTORY_FILE : `${store}.ndjson`)
  await prepareFolder(output, stores.map(fileOf))
  const recorded: Recorded[] = []
  for (const store of stores) {
    if (recorded.length > 0 && io.signal?.aborted === true) break
    if (stores.length > 1) io.err(`${store}:`)
    recorded.push(await recordStore(store, join(output, fileOf(store)), options, io))
  }
  const histories = recorded.map(({ history }) => history)
  const moves = recorded.map(({ move }) => move)
  const { junit } = options
  const code = await reportHistories(histories, output, io, {
    junit,
    more: moves.map((move) => (move === undefined ? {} : { move })),
  })
  const failures = moves.flatMap((move) => move?.failures ?? [])
  for (const failure of failures) io.out(failure)
  return failures.length > 0 ? EXIT.checkFailed : code
}

interface Recorded {
  readonly history: History
  readonly move?: MoveOfFleet | undefined
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
): Promise<Recorded> {
  const { faults, clients, seed, without } = options
  const lagMs = faults ? LAG_MS : 0
  const { signal } = io
  const settings = STORES[store]
  if ('from' in settings) {
    await using engines = await startEngines()
    const { seconds = MOVE_SECONDS } = options
    return await recordMove(file, { ...options, ...settings, engines, lagMs, seconds }, io)
  }
  const { seconds = SECONDS } = options
  await using service = await startEmbedded({
    ...settings,
    seed,
    seconds,
    faults,
    lagMs,
    signal,
  })
  const { hosts, eventualFrom, alwaysKeyed, faults: planned } = service
  // Awaited here, because the service stops when this function returns.
  const history = await recordInto(
    file,
    {
      host: hosts,
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
  return { history }
}
