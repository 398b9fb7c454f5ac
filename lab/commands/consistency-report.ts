import { join } from 'node:path'
import {
  type CheckOptions,
  checkHistoryOnAllCores,
  type Report,
} from '../consistency/check/index.ts'
import { consistencyHtml, consistencyMarkdown } from '../report/consistency/render.ts'
import { consistencyLines } from '../report/consistency/terminal.ts'
import { type Explained, storeNames } from '../report/consistency/words.ts'
import type { History } from '../history/operation.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { makeFolder, prepareOutput, writeText } from './output-file.ts'

export const HISTORY_FILE = 'history.ndjson'
const REPORT_FILES = ['report.json', 'report.html', 'report.md'] as const

/**
 * Makes the folder, and sure, before anything is recorded or checked, that the files can be written.
 *
 * @param histories names of what is recorded into it
 * @throws UsageError naming the first that cannot
 */
export async function prepareFolder(folder: string, histories: readonly string[]): Promise<void> {
  for (const name of [...histories, ...REPORT_FILES]) await prepareOutput(join(folder, name))
  await makeFolder(folder)
}

/**
 * Checks histories, at least one, each of a store of its own, prints what was found and writes the reports, if `folder` is
 * given: one report.html for all of them.
 */
export async function reportHistories(
  histories: readonly History[],
  folder: string | undefined,
  io: CommandIo,
  options: CheckOptions = {},
): Promise<ExitCode> {
  const stores: Explained[] = []
  for (const history of histories) {
    stores.push({ report: await checkHistoryOnAllCores(history, options), header: history.header })
  }
  for (const [at, explained] of stores.entries()) {
    if (stores.length > 1) io.out(`${at === 0 ? '' : '\n'}${storeNames(stores)[at]}`)
    for (const line of consistencyLines(explained)) io.out(line)
  }
  if (folder !== undefined) await writeReports(stores, folder, io)
  const codes = stores.map(({ report, header }) => exitCodeOf(report, header.cut_off === true))
  return codes.find((code) => code === EXIT.checkFailed) ?? (Math.max(...codes) as ExitCode)
}

async function writeReports(
  stores: readonly Explained[],
  folder: string,
  io: CommandIo,
): Promise<void> {
  const [json, html, markdown] = REPORT_FILES
  const reports = stores.map(({ report, header: { cut_off = false, fault_windows = [] } }) => ({
    ...report,
    cut_off,
    fault_windows,
  }))
  const content = reports.length === 1 ? reports[0] : { stores: reports }
  await writeText(join(folder, json), `${JSON.stringify(content, null, 1)}\n`)
  await writeText(join(folder, html), consistencyHtml(stores))
  await writeText(join(folder, markdown), consistencyMarkdown(stores))
  io.out(`report written to ${join(folder, html)}`)
}

/** A violation is one however short the run was; of anything else only a whole run can tell. */
function exitCodeOf({ verdict }: Report, cutOff: boolean): ExitCode {
  if (verdict === 'violated') return EXIT.checkFailed
  return verdict === 'holds' && !cutOff ? EXIT.good : EXIT.invalidRun
}
