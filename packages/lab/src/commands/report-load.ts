import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EXIT } from '../errors/exit-codes.ts'
import { importedReport, type LoadReport, loadReport } from '../report/load/load-report.ts'
import { loadHtml, loadMarkdown, loadTerminal } from '../report/load/render-load.ts'
import { linkTo } from '../report/write-report.ts'
import { isImportedResult } from '../results/imported-result.ts'
import { requireLoadResult } from '../results/load-result.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import { REPORT_FILES } from '../results/results-folder.ts'
import type { CommandIo } from '../terminal/io.ts'
import { parsedFile } from './parsed-file.ts'
import type { CommandResult } from './run-command.ts'

/**
 * The report of a result of `perf`, `merge` or `import`; `null` for any other file, whose reader says what is wrong with it.
 *
 * @throws LoadResultError for a load result that is damaged
 */
export async function openLoadReport(path: string): Promise<LoadReport | null> {
  const value = await parsedFile(path)
  if (isImportedResult(value)) return importedReport(value)
  const format =
    typeof value === 'object' && value !== null && 'format' in value ? value.format : null
  return format === 'pushcart load result' ? loadReport(requireLoadResult(value)) : null
}

/**
 * Writes the report of one run of a load beside its result, or into `folder`.
 *
 * @throws UsageError for a folder that cannot be written; OutputError
 */
export async function reportLoadFile(
  path: string,
  report: LoadReport,
  folder: string = dirname(path),
  io: CommandIo,
): Promise<CommandResult> {
  const html = join(folder, REPORT_FILES.html)
  await prepareOutput(html)
  const results = linkTo(folder, path)
  await writeText(join(folder, REPORT_FILES.markdown), loadMarkdown(report, results))
  await writeText(html, loadHtml(report, results))
  for (const line of [...loadTerminal(report), '', `Report: ${pathToFileURL(html).href}`])
    io.out(line)
  return EXIT.good
}
