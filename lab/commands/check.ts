import { DamagedHistory, type History, readHistory } from '../../packages/histories/src/index.ts'
import { UsageError } from '../http/usage-error.ts'
import { prepareFolder, reportHistories } from './consistency-report.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { OutputError } from './output-file.ts'

export interface CheckCommandOptions {
  /** Folder for the reports; none are written when left out. */
  readonly output?: string | undefined
}

/**
 * `pushcart check FILE...`: checks histories that were recorded before, here or elsewhere; several go into one report,
 * each as a store of its own.
 *
 * @returns the exit code: good when everything checked holds, checkFailed when something is violated, invalidRun when
 *   the history proves nothing or was cut off, usage for a file that is missing or damaged
 */
export async function checkCommand(
  files: readonly string[],
  { output }: CheckCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  let reading = ''
  try {
    const histories: History[] = []
    for (const file of files) {
      reading = file
      histories.push(await readHistory(file))
    }
    if (output !== undefined) await prepareFolder(output, [])
    return await reportHistories(histories, output, io)
  } catch (error) {
    const said = explain(error, reading)
    if (said === undefined) throw error
    io.err(`error: ${said}`)
    return error instanceof OutputError ? EXIT.invalidRun : EXIT.usage
  }
}

function explain(error: unknown, file: string): string | undefined {
  if (error instanceof DamagedHistory) return `${file}, ${error.message}`
  if (error instanceof UsageError || error instanceof OutputError) return error.message
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined
  if (error.code === 'ENOENT') return `${file}: there is no such file`
  return error.code === 'EISDIR' ? `${file}: it is a folder` : `${file}: ${error.message}`
}
