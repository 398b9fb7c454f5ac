import { join } from 'node:path'
import {
  type CheckOptions,
  checkHistoryOnAllCores,
  type Report,
} from '../consistency/check/index.ts'
import { consistencyHtml } from '../consistency/explain/html.ts'
import { consistencyMarkdown } from '../consistency/explain/markdown.ts'
import { consistencyLines } from '../consistency/explain/terminal.ts'
import type { History } from '../history/operation.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { prepareOutput, writeText } from './output-file.ts'

export const HISTORY_FILE = 'history.ndjson'
const REPORT_FILES = ['report.json', 'report.html', 'report.md'] as const

/**
 * Makes sure, before anything is recorded or checked, that the files can be written.
 *
 * @throws UsageError naming the first that cannot
 */
export async function prepareFolder(folder: string, recording: boolean): Promise<void> {
  for (const name of [...(recording ? [HISTORY_FILE] : []), ...REPORT_FILES])
    await prepareOutput(join(folder, name))
}

/** Checks a history, prints what was found and writes the reports, if `folder` is given. */
export async function reportHistory(
  history: History,
  folder: string | undefined,
  io: CommandIo,
  options: CheckOptions = {},
): Promise<ExitCode> {
  const report = await checkHistoryOnAllCores(history, options)
  const { header } = history
  const explained = { report, header }
  for (const line of consistencyLines(explained)) io.out(line)
  if (folder !== undefined) {
    const [json, html, markdown] = REPORT_FILES
    const { cut_off = false, fault_windows = [] } = header
    const full = { ...report, cut_off, fault_windows }
    await writeText(join(folder, json), `${JSON.stringify(full, null, 1)}\n`)
    await writeText(join(folder, html), consistencyHtml(explained))
    await writeText(join(folder, markdown), consistencyMarkdown(explained))
    io.out(`report written to ${join(folder, html)}`)
  }
  return exitCodeOf(report, header.cut_off === true)
}

/** A violation is one however short the run was; of anything else only a whole run can tell. */
function exitCodeOf({ verdict }: Report, cutOff: boolean): ExitCode {
  if (verdict === 'violated') return EXIT.checkFailed
  return verdict === 'holds' && !cutOff ? EXIT.good : EXIT.invalidRun
}
