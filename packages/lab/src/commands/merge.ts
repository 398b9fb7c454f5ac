import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { contradictionIn } from '../load/check-part.ts'
import { mergeParts, type NamedPart } from '../load/merge-parts.ts'
import { LoadPartError, parseLoadPart } from '../results/load-part.ts'
import { partialName, prepareOutput, refuseInput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { reportLoad } from './load.ts'
import type { CommandResult } from './run-command.ts'

export interface MergeOptions {
  /** File for the result. */
  readonly output: string
  readonly json?: boolean | undefined
}

/**
 * `pushcart merge`: the result of a load whose parts ran on several machines.
 *
 * @throws UsageError for a file that cannot be read, or parts that do not belong together; OutputError
 */
export async function mergeCommand(
  files: readonly string[],
  { output, json = false }: MergeOptions,
  io: CommandIo,
): Promise<CommandResult> {
  await refuseInput(output, files)
  await prepareOutput(output)
  const result = mergeParts(await Promise.all(files.map(openPart)))
  const file = result.partial ? partialName(output) : output
  await writeText(file, `${JSON.stringify(result, null, 1)}\n`)
  return reportLoad(result, file, json, io)
}

async function openPart(path: string): Promise<NamedPart> {
  try {
    const part = parseLoadPart(await readFile(path, 'utf8'))
    const contradiction = contradictionIn(part)
    if (contradiction !== null) throw new LoadPartError(`damaged or edited: ${contradiction}`)
    return { file: basename(path), part }
  } catch (error) {
    const reason = error instanceof LoadPartError ? error.message : fileErrorReason(error)
    throw new UsageError(`${path}: ${reason}`)
  }
}
