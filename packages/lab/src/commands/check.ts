import { DamagedHistory, type History, readHistory } from '@pushcart/histories'
import { EXIT } from '../errors/exit-codes.ts'
import { fileErrorReason } from '../errors/file-error.ts'
import { LabError } from '../errors/lab-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { CommandIo } from '../terminal/io.ts'
import { prepareFolder, reportHistories } from './consistency-report.ts'
import type { CommandResult } from './run-command.ts'

export interface CheckCommandOptions {
  /** Folder for the reports; none are written without it. */
  readonly output?: string | undefined
}

/**
 * `pushcart check FILE...`: checks recorded histories; several go into one report, each as a store. Interrupted, it reports
 * what was decided, and ends inconclusive.
 *
 * @throws UsageError for a missing or damaged file; OutputError
 */
export async function checkCommand(
  files: readonly string[],
  { output }: CheckCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const histories: History[] = []
  for (const file of files) {
    histories.push(await openHistory(file, io.signal))
  }
  if (output !== undefined) await prepareFolder(output, [])
  const code = await reportHistories(histories, output, io)
  return io.signal?.aborted === true ? EXIT.invalidRun : code
}

async function openHistory(file: string, signal: AbortSignal | undefined): Promise<History> {
  try {
    // The stream ends only with its pending read, which a pipe without a writer never finishes.
    return await Promise.race([readHistory(file, signal), interruption(signal)])
  } catch (error) {
    if (signal?.aborted) throw new LabError('interrupted')
    const known = error instanceof DamagedHistory || (error instanceof Error && 'code' in error)
    throw known ? new UsageError(explain(error, file), { cause: error }) : error
  }
}

/** Rejects when the signal is aborted. */
function interruption(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const interrupted = () => reject(new LabError('interrupted'))
    if (signal?.aborted) interrupted()
    signal?.addEventListener('abort', interrupted, { once: true })
  })
}

function explain(error: Error, file: string): string {
  if (error instanceof DamagedHistory) return `${file}, ${error.message}`
  return `${file}: ${fileErrorReason(error)}`
}
