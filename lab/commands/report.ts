import { dirname, join } from 'node:path'
import { EXIT } from '../errors/exit-codes.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import { renderTerminal } from '../report/render-terminal.ts'
import { writeReport } from '../report/write-report.ts'
import { prepareOutput } from '../results/output-file.ts'
import { REPORT_FILES } from '../results/results-folder.ts'
import type { CommandIo } from '../terminal/io.ts'
import { openComparison } from './read-comparison.ts'
import type { CommandResult } from './run-command.ts'

export interface ReportOptions {
  /** Folder for the report; that of the result file by default. */
  readonly output?: string | undefined
  /** Price file for the cost model. */
  readonly prices?: string | undefined
}

/**
 * `pushcart report results.json`: writes the report of a comparison again.
 *
 * @param path the result file, or its folder
 * @throws UsageError for a missing, damaged or foreign file, or a folder that cannot be written; OutputError
 */
export async function reportCommand(
  path: string,
  options: ReportOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const opened = await openComparison(path)
  const folder = options.output ?? dirname(opened.path)
  await prepareOutput(join(folder, REPORT_FILES.html))
  const prices = readPrices(options.prices)
  const { model, url } = await writeReport(folder, opened.file, prices, opened.path)
  for (const line of renderTerminal(model)) io.out(line)
  io.out('')
  io.out(`Report: ${url}`)
  return EXIT.good
}
