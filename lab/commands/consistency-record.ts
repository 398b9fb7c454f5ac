import { join } from 'node:path'
import type { CheckOptions } from '../consistency/check/index.ts'
import { type Abilities, UnusableService } from '../consistency/record/abilities.ts'
import { recordHistory } from '../consistency/record/record-history.ts'
import type { RecordOptions } from '../consistency/record/record-options.ts'
import type { History, Operation } from '../history/operation.ts'
import { formatHistory, type HistoryWriter, writeHistory } from '../history/write-history.ts'
import { parseHostUrl } from '../http/host-url.ts'
import { UsageError } from '../http/usage-error.ts'
import { HISTORY_FILE, prepareFolder, reportHistories } from './consistency-report.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { requireInteger } from './measured-run.ts'
import { OutputError, writeText } from './output-file.ts'
import { createProgress } from './progress.ts'

export interface RecordingOptions
  extends Pick<
    RecordOptions,
    | 'replica'
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
  /** Folder of the history and the reports. */
  readonly output: string
  /** See `checkHistory`. */
  readonly check?: CheckOptions | undefined
}

const MOST_SECONDS = 86_400
const MOST_CLIENTS = 1000

/**
 * `pushcart consistency --seconds`: records what concurrent clients see, checks it, and explains what is wrong.
 *
 * @returns the exit code: good when everything checked holds, checkFailed when something is violated, invalidRun when
 *   the run proves nothing, was cut off or could not be written, usage for a bad option
 */
export async function recordCommand(
  options: ConsistencyRecordOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const { host, replica, output, check, ...more } = options
  return tellingErrors(io, async () => {
    for (const url of [...host, ...(replica === undefined ? [] : [replica])]) parseHostUrl(url)
    requireSense(options)
    await prepareFolder(output, [HISTORY_FILE])
    const recording = { ...more, host, replica }
    const history = await recordInto(join(output, HISTORY_FILE), recording, io)
    return reportHistories([history], output, io, check)
  })
}

/** Runs a command whose errors that a user can do something about are told in one line. */
export async function tellingErrors(
  io: CommandIo,
  command: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await command()
  } catch (error) {
    const known = [UsageError, UnusableService, OutputError].some((kind) => error instanceof kind)
    const isSystemError = error instanceof Error && 'syscall' in error
    if (!(error instanceof Error) || !(known || isSystemError)) throw error
    io.err(`error: ${error.message}`)
    return error instanceof UsageError ? EXIT.usage : EXIT.invalidRun
  }
}

/** @throws UsageError */
export function requireSense({
  seconds,
  clients,
  seed,
}: Pick<RecordingOptions, 'seconds' | 'clients' | 'seed'>): void {
  if (!(seconds > 0 && seconds <= MOST_SECONDS))
    throw new UsageError(`seconds: ${seconds} is not above 0 and at most ${MOST_SECONDS}`)
  requireInteger('clients', clients, 1, MOST_CLIENTS)
  requireInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER)
}

/** Records into a file, telling how far it is. */
export async function recordInto(
  file: string,
  options: RecordingOptions,
  io: CommandIo,
): Promise<History> {
  const { host, ...more } = options
  const progress = createProgress(io, 'consistency (s)')
  let writer: HistoryWriter | undefined
  const history = await recordHistory({
    ...more,
    hosts: host,
    signal: io.signal,
    onProgress: (elapsed, total) => progress.update(tenths(elapsed), tenths(total)),
    onSilence: (ms) => io.err(`no answer for ${Math.round(ms / 1000)} s: given up`),
    onStart(abilities, header) {
      io.err(`the service can: ${describe(abilities)}`)
      for (const { kind, difference } of abilities.otherwise)
        io.err(`${kind} is left out: ${difference}`)
      writer = writeHistory(file, header)
    },
    write: async (operation: Operation) => writer?.write(operation),
  })
  progress.clear()
  await writer?.close()
  if (history.header.cut_off === true) await writeText(file, formatHistory(history))
  io.err(`${history.operations.length} operations written to ${file}`)
  return history
}

/** Milliseconds as seconds. */
function tenths(ms: number): number {
  return Math.round(ms / 100) / 10
}

function describe({ kinds, ...can }: Abilities): string {
  const more = [
    ...(can.versions ? ['versions'] : []),
    ...(can.keys ? ['idempotency keys'] : []),
    ...(can.conditional ? ['If-Match'] : []),
    ...(can.batches ? ['several lines in one add'] : []),
    ...(can.modes ? ['consistency='] : []),
    ...(can.sessions ? ['min_version='] : []),
  ]
  return [...kinds, ...more].join(', ')
}
