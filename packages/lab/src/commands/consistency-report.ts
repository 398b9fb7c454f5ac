import { join } from 'node:path'
import {
  type CheckOptions,
  checkHistoryOnAllCores,
  type History,
  type Report,
} from '@pushcart/histories'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { diagnosisLines, openingOf } from '../report/guarantees/diagnosis.ts'
import { consistencyHtml, consistencyMarkdown } from '../report/guarantees/render.ts'
import { consistencyLines } from '../report/guarantees/terminal.ts'
import { type Explained, headline, ofStore, storeNames } from '../report/guarantees/words.ts'
import { guaranteeChecks, type PipelineReport } from '../report/pipeline/checks.ts'
import { makeFolder, partialName, prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { publish } from './publish.ts'

export const HISTORY_FILE = 'history.ndjson'
const REPORT_FILES = ['report.json', 'report.html', 'report.md'] as const

/**
 * Creates the folder and checks before a recording that all files can be written.
 *
 * @param histories names of the files to be recorded
 * @throws UsageError with the first file that cannot be written
 */
export async function prepareFolder(folder: string, histories: readonly string[]): Promise<void> {
  for (const name of [...histories, ...REPORT_FILES]) await prepareOutput(join(folder, name))
  await makeFolder(folder)
}

interface ReportOptions {
  readonly junit?: string | undefined
  /** Further fields of the JSON of each history. */
  readonly more?: readonly object[]
}

/**
 * Checks histories, at least one, each of a separate store, prints the findings and writes one report for all into
 * `folder`. Reports of an interrupted recording have partial names.
 *
 * @throws OutputError
 */
export async function reportHistories(
  histories: readonly History[],
  folder: string | undefined,
  io: CommandIo,
  { junit, more = [], ...options }: CheckOptions & ReportOptions = {},
): Promise<ExitCode> {
  // A signal that ended the recording does not end the check of what was recorded.
  const signal = io.signal?.aborted === true ? undefined : io.signal
  const stores: Explained[] = []
  for (const history of histories) {
    stores.push({
      report: await checkHistoryOnAllCores(history, options, { signal }),
      header: history.header,
    })
  }
  for (const [at, explained] of stores.entries()) {
    if (stores.length > 1) io.out(`${at === 0 ? '' : '\n'}${storeNames(stores)[at]}`)
    for (const line of consistencyLines(explained)) io.out(line)
  }
  if (folder !== undefined) await writeReports(stores, more, folder, io)
  await publish(historiesForPipeline(stores), junit, io)
  const codes = stores.map(({ report, header }) => exitCodeOf(report, header.cut_off === true))
  return codes.find((code) => code === EXIT.checkFailed) ?? (Math.max(...codes) as ExitCode)
}

/** What a pipeline shows of checked histories: one headline, and every promised guarantee. */
function historiesForPipeline(stores: readonly Explained[]): PipelineReport {
  const names = storeNames(stores)
  return {
    title: 'pushcart consistency',
    headline: stores.map((store, at) => `${ofStore(names, at, ': ')}${headline(store)}`).join(' '),
    table: [],
    checks: stores.flatMap((store, at) => guaranteeChecks(store, names[at] ?? 'service')),
    hints: stores.flatMap((store) => [
      ...[openingOf(store.report)].filter((line) => line !== undefined),
      ...diagnosisLines(store).slice(0, MAX_HINTS),
    ]),
  }
}

/** Lines of the diagnoses that fit on one screen. */
const MAX_HINTS = 6

async function writeReports(
  stores: readonly Explained[],
  more: readonly object[],
  folder: string,
  io: CommandIo,
): Promise<void> {
  const reports = stores.map(({ report, header: { cut_off = false, fault_windows = [] } }, at) => ({
    ...report,
    cut_off,
    fault_windows,
    ...more[at],
  }))
  const isPartial = reports.some(({ cut_off }) => cut_off)
  const [json, html, markdown] = REPORT_FILES.map((name) =>
    join(folder, isPartial ? partialName(name) : name),
  ) as [string, string, string]
  const content = reports.length === 1 ? reports[0] : { stores: reports }
  await writeText(json, `${JSON.stringify(content, null, 1)}\n`)
  await writeText(html, consistencyHtml(stores))
  await writeText(markdown, consistencyMarkdown(stores))
  io.out(`report written to ${html}`)
}

/** A violation counts however short the run was; every other verdict requires a complete run. */
function exitCodeOf({ verdict }: Report, cutOff: boolean): ExitCode {
  if (verdict === 'violated') return EXIT.checkFailed
  return verdict === 'holds' && !cutOff ? EXIT.good : EXIT.invalidRun
}
