import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { REPORT_FILE, writeReport } from '../compare/results-folder.ts'
import { readPrices } from '../cost/read-prices.ts'
import { UsageError } from '../http/usage-error.ts'
import { renderTerminal } from '../report/render-terminal.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { OutputError, prepareOutput } from './output-file.ts'
import { openComparison } from './read-comparison.ts'

export interface ReportOptions {
  /** Folder for report.html and report.md; that of the result file when left out. */
  readonly output?: string | undefined
  /** File of prices for the cost model. */
  readonly prices?: string | undefined
}

/**
 * `pushcart report results.json`: writes the report of a comparison again from its result file.
 *
 * @param path the file, or the folder that it is in
 * @returns the exit code: usage for a file that is missing, damaged or foreign, or a folder that cannot be written
 */
export async function reportCommand(
  path: string,
  options: ReportOptions,
  io: CommandIo,
): Promise<ExitCode> {
  try {
    const opened = await openComparison(path)
    const folder = options.output ?? dirname(opened.path)
    await prepareOutput(join(folder, REPORT_FILE))
    const prices = readPrices(options.prices)
    const model = await writeReport(folder, opened.file, prices, opened.path)
    for (const line of renderTerminal(model)) io.out(line)
    io.out('')
    io.out(`Report: ${pathToFileURL(join(folder, REPORT_FILE)).href}`)
    return EXIT.good
  } catch (error) {
    return explain(error, io)
  }
}

/** One line for what the user can mend; what remains is a mistake of the program. */
export function explain(error: unknown, io: CommandIo): ExitCode {
  if (error instanceof UsageError) {
    io.err(`error: ${error.message}`)
    return EXIT.usage
  }
  if (error instanceof OutputError) {
    io.err(`error: ${error.message}`)
    return EXIT.invalidRun
  }
  throw error
}
