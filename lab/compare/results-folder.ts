import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareOutput, writeRecords, writeText } from '../commands/output-file.ts'
import type { Prices } from '../cost/prices.ts'
import { buildReport } from '../report/build-report.ts'
import { renderHtml } from '../report/render-html.ts'
import { renderMarkdown } from '../report/render-markdown.ts'
import type { ReportModel } from '../report/model.ts'
import {
  type ComparisonFile,
  RESULTS_FILE,
  readComparison,
  writeComparison,
} from '../results/comparison-file.ts'
import { linkTo } from './link-to.ts'
import { resultsFileName, type Side } from './side.ts'

/** The file that people open. */
export const REPORT_FILE = 'report.html'
const MARKDOWN_FILE = 'report.md'
const ENVIRONMENT_FILE = 'environment.json'
const COMBINED_FILE = 'combined_results.json'
const CONSISTENCY_FILE = 'consistency_test_results.json'

/** What a comparison measured. */
export type Parts = Omit<ComparisonFile, 'format' | 'version'>

/**
 * Makes sure, before anything is measured, that every file of a complete comparison can be written.
 *
 * @throws UsageError naming the first that cannot
 */
export async function prepareResults(folder: string, sides: readonly Side[]): Promise<void> {
  for (const name of [...recordFiles(sides), RESULTS_FILE, MARKDOWN_FILE, REPORT_FILE])
    await prepareOutput(join(folder, name))
}

/** Writes all files of a complete comparison, and returns what its report says. */
export async function writeResults(
  folder: string,
  parts: Parts,
  prices?: Prices,
): Promise<ReportModel> {
  await clearEarlier(folder)
  await writeText(join(folder, RESULTS_FILE), writeComparison(parts))
  await writeRecordFiles(folder, parts, (name) => name)
  return writeReport(folder, parts, prices)
}

/**
 * Writes the report alone, both forms of it.
 *
 * @param results the file that its numbers lead into
 */
export async function writeReport(
  folder: string,
  parts: Parts,
  prices?: Prices,
  results: string = join(folder, RESULTS_FILE),
): Promise<ReportModel> {
  const model = buildReport(parts, prices)
  const link = linkTo(folder, results)
  await writeText(join(folder, MARKDOWN_FILE), renderMarkdown(model, link))
  await writeText(join(folder, REPORT_FILE), renderHtml(model, link))
  return model
}

/**
 * Writes what a comparison that was cut off had measured, under names that cannot be taken for complete
 * results (`postgres_results.partial.json`), and no report.
 */
export async function writePartialResults(folder: string, parts: Parts): Promise<void> {
  await clearEarlier(folder)
  await writeText(join(folder, partialName(RESULTS_FILE)), writeComparison(parts))
  await writeRecordFiles(folder, parts, partialName)
}

/**
 * Takes away what an earlier comparison left in the folder, so that its files cannot pass for this one's: those
 * that its results name, and nothing else.
 */
async function clearEarlier(folder: string): Promise<void> {
  for (const nameOf of [(name: string) => name, partialName]) {
    const text = await readFile(join(folder, nameOf(RESULTS_FILE)), 'utf8').catch(() => null)
    if (text === null) continue
    const files = [...recordFiles(sidesIn(text)), RESULTS_FILE].map(nameOf)
    for (const name of [...files, MARKDOWN_FILE, REPORT_FILE])
      await rm(join(folder, name), { force: true })
  }
}

function sidesIn(text: string): readonly Side[] {
  try {
    return readComparison(text).environment.sides
  } catch {
    return []
  }
}

function recordFiles(sides: readonly Side[]): string[] {
  return [...sides.map(resultsFileName), COMBINED_FILE, CONSISTENCY_FILE, ENVIRONMENT_FILE]
}

async function writeRecordFiles(
  folder: string,
  { environment, quick_look, consistency }: Parts,
  nameOf: (name: string) => string,
): Promise<void> {
  const write = (name: string, records: readonly object[]) =>
    writeRecords(join(folder, nameOf(name)), records)
  for (const side of environment.sides) {
    const own = quick_look.filter(({ database }) => database === side.key)
    await write(
      resultsFileName(side),
      own.map(({ database: _, ...record }) => record),
    )
  }
  await write(COMBINED_FILE, quick_look)
  await write(CONSISTENCY_FILE, consistency)
  const text = `${JSON.stringify(environment, null, 2)}\n`
  await writeText(join(folder, nameOf(ENVIRONMENT_FILE)), text)
}

/** The name of a file of a comparison that was cut off. */
export function partialName(name: string): string {
  return name.replace(/\.json$/, '.partial.json')
}
