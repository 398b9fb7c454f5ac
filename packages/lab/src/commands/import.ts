import { EXIT } from '../errors/exit-codes.ts'
import { importFile } from '../results/import/import-file.ts'
import type { ImportedResult, TimeUnit } from '../results/imported-result.ts'
import { prepareOutput, refuseInput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { importedTable } from './imported-table.ts'
import type { CommandResult } from './run-command.ts'

export interface ImportOptions {
  /** File for the result. */
  readonly output: string
  /** Unit of an HdrHistogram file. */
  readonly unit?: TimeUnit | undefined
  readonly json?: boolean | undefined
}

/**
 * `pushcart import points.json`: what another load generator measured, as a result file that names what it cannot say.
 *
 * @throws UsageError for a file that cannot be read, with the place of a broken line, before anything is written;
 *   OutputError
 */
export async function importCommand(
  path: string,
  { output, unit, json = false }: ImportOptions,
  io: CommandIo,
): Promise<CommandResult> {
  await refuseInput(output, [path])
  const result: ImportedResult = await importFile(path, unit)
  await prepareOutput(output)
  await writeText(output, `${JSON.stringify(result, null, 1)}\n`)
  if (!json) {
    for (const line of importedTable(result)) io.out(line)
    io.out(`result written to ${output}`)
  }
  return { exit_code: EXIT.good, file: output, result }
}
