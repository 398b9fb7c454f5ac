import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type CheckOptions,
  formatHistory,
  type History,
  type HistoryWriter,
  type Operation,
  writeHistory,
} from '@pushcart/histories'
import { parseHostUrl } from '../cart-api/host-url.ts'
import type { Abilities } from '../consistency/record/abilities.ts'
import { recordHistory } from '../consistency/record/record-history.ts'
import type { RecordOptions } from '../consistency/record/record-options.ts'
import { UsageError } from '../errors/usage-error.ts'
import { partialName, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { createProgress } from '../terminal/progress.ts'
import { HISTORY_FILE, prepareFolder, reportHistories } from './consistency-report.ts'
import { requireInteger } from './require-integer.ts'
import type { CommandResult } from './run-command.ts'

export interface RecordingOptions
  extends Pick<
    RecordOptions,
    | 'access'
    | 'replica'
    | 'refusing'
    | 'enough'
    | 'background'
    | 'carts'
    | 'cartLife'
    | 'lateRepeats'
    | 'mix'
    | 'beforeFinalReads'
    | 'eventualFrom'
    | 'seconds'
    | 'without'
    | 'pauseMs'
    | 'timeoutMs'
    | 'settleMs'
    | 'faults'
    | 'alwaysKeyed'
  > {
  readonly host: readonly string[]
  readonly clients: number
  readonly seed: number
}

export interface ConsistencyRecordOptions extends RecordingOptions {
  /** Folder for the history and the reports. */
  readonly output: string
  /** File for the guarantees as JUnit XML. */
  readonly junit?: string | undefined
  /** See `checkHistory`. */
  readonly check?: CheckOptions | undefined
}

const MAX_SECONDS = 86_400
const MAX_CLIENTS = 1000

/**
 * `pushcart consistency --seconds`: records what concurrent clients observe, checks it, and explains violations.
 *
 * @throws LabError
 */
export async function recordCommand(
  { host, replica, output, check, junit, ...more }: ConsistencyRecordOptions,
  io: CommandIo,
): Promise<CommandResult> {
  for (const url of [...host, ...(replica === undefined ? [] : [replica])]) parseHostUrl(url)
  requireSense(more)
  await prepareFolder(output, [HISTORY_FILE])
  const history = await recordInto(join(output, HISTORY_FILE), { ...more, host, replica }, io)
  return reportHistories([history], output, io, { ...check, junit })
}

/** @throws UsageError */
export function requireSense({
  seconds,
  clients,
  seed,
}: Pick<RecordingOptions, 'seconds' | 'clients' | 'seed'>): void {
  if (!(seconds > 0 && seconds <= MAX_SECONDS))
    throw new UsageError(`seconds: must be above 0 and at most ${MAX_SECONDS} (got ${seconds})`)
  requireInteger('clients', clients, 1, MAX_CLIENTS)
  requireInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER)
}

/** Records into `path`, or into its partial name if the recording is interrupted, and prints progress. */
export async function recordInto(
  path: string,
  { host, ...more }: RecordingOptions,
  io: CommandIo,
): Promise<History> {
  const progress = createProgress(io, 'consistency (s)')
  const partial = partialName(path)
  let writer: HistoryWriter | undefined
  const history = await recordHistory({
    ...more,
    hosts: host,
    signal: io.signal,
    onProgress: (elapsed, total) => progress.update(tenths(elapsed), tenths(total)),
    onSilence: (ms) => io.err(`no response for ${Math.round(ms / 1000)} s: recording stopped`),
    onStart(abilities, header) {
      io.err(`the service supports: ${describe(abilities)}`)
      for (const { kind, difference } of abilities.otherwise)
        io.err(`${kind} is left out: ${difference}`)
      writer = writeHistory(partial, header)
    },
    write: async (operation: Operation) => writer?.write(operation),
  })
  progress.clear()
  await writer?.close()
  const cutOff = history.header.cut_off === true
  // The header that says so was not known when the file was begun.
  if (cutOff) await writeText(partial, formatHistory(history))
  else await rename(partial, path)
  io.err(`${history.operations.length} operations written to ${cutOff ? partial : path}`)
  return history
}

/** Milliseconds as seconds. */
function tenths(ms: number): number {
  return Math.round(ms / 100) / 10
}

function describe({ kinds, ...supports }: Abilities): string {
  const more = [
    ...(supports.versions ? ['versions'] : []),
    ...(supports.opaqueVersions ? ['versions that do not count changes'] : []),
    ...(supports.keys ? ['idempotency keys'] : []),
    ...(supports.conditional ? ['If-Match'] : []),
    ...(supports.batches ? ['several lines in one add'] : []),
    ...(supports.modes ? ['consistency='] : []),
    ...(supports.sessions ? ['min_version='] : []),
  ]
  return [...kinds, ...more].join(', ')
}
