import { join } from 'node:path'
import { prepareOutput, writeRecords, writeText } from '../commands/output-file.ts'
import { buildReport } from '../report/build-report.ts'
import { renderHtml } from '../report/html/render-html.ts'
import { renderMarkdown } from '../report/markdown.ts'
import type { ReportModel } from '../report/model.ts'
import type { Environment } from './environment.ts'
import type { Measurements } from './measure.ts'
import { resultsFileName, type Side } from './side.ts'

/** The file that people open. */
export const REPORT_FILE = 'report.html'
const MARKDOWN_FILE = 'report.md'
const ENVIRONMENT_FILE = 'environment.json'
const COMBINED_FILE = 'combined_results.json'
const CONSISTENCY_FILE = 'consistency_test_results.json'

/**
 * Makes sure, before anything is measured, that every file of a complete comparison can be written.
 *
 * @throws UsageError naming the first that cannot
 */
export async function prepareResults(folder: string, sides: readonly Side[]): Promise<void> {
  const fixed = [COMBINED_FILE, CONSISTENCY_FILE, ENVIRONMENT_FILE, MARKDOWN_FILE, REPORT_FILE]
  for (const name of [...sides.map(resultsFileName), ...fixed])
    await prepareOutput(join(folder, name))
}

/** Writes all files of a complete comparison, and returns what its report says. */
export async function writeResults(
  folder: string,
  environment: Environment,
  measurements: Measurements,
): Promise<ReportModel> {
  await writeRecordFiles(folder, environment, measurements, (name) => name)
  await writeJson(join(folder, ENVIRONMENT_FILE), environment)
  const model = buildReport(measurements.combined, measurements.consistency, environment)
  await writeText(join(folder, MARKDOWN_FILE), renderMarkdown(model))
  await writeText(join(folder, REPORT_FILE), renderHtml(model))
  return model
}

/**
 * Writes what a comparison that was cut off had measured, under names that cannot be taken for complete
 * results (`postgres_results.partial.json`), and no report.
 */
export async function writePartialResults(
  folder: string,
  environment: Environment,
  measurements: Measurements,
): Promise<void> {
  await writeRecordFiles(folder, environment, measurements, partial)
  await writeJson(join(folder, partial(ENVIRONMENT_FILE)), environment)
}

async function writeRecordFiles(
  folder: string,
  { sides }: Environment,
  { combined, consistency }: Measurements,
  nameOf: (name: string) => string,
): Promise<void> {
  const write = (name: string, records: readonly object[]) =>
    writeRecords(join(folder, nameOf(name)), records)
  for (const side of sides) {
    const own = combined.filter(({ database }) => database === side.key)
    await write(
      resultsFileName(side),
      own.map(({ database: _, ...record }) => record),
    )
  }
  await write(COMBINED_FILE, combined)
  await write(CONSISTENCY_FILE, consistency)
}

function partial(name: string): string {
  return name.replace(/\.json$/, '.partial.json')
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeText(path, `${JSON.stringify(value, null, 2)}\n`)
}
