import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeRecords } from '../commands/output-file.ts'
import { buildReport } from '../report/build-report.ts'
import { renderHtml } from '../report/html/render-html.ts'
import { renderMarkdown } from '../report/markdown.ts'
import type { ReportModel } from '../report/model.ts'
import type { Environment } from './environment.ts'
import type { Measurements } from './measure.ts'
import { resultsFileName } from './side.ts'

/** The file that people open. */
export const REPORT_FILE = 'report.html'

/** Writes all files of a complete comparison, and returns what its report says. */
export async function writeResults(
  folder: string,
  environment: Environment,
  measurements: Measurements,
): Promise<ReportModel> {
  await writeRecordFiles(folder, environment, measurements, (name) => name)
  await writeJson(join(folder, 'environment.json'), environment)
  const model = buildReport(measurements.combined, measurements.consistency, environment)
  await writeFile(join(folder, 'report.md'), renderMarkdown(model))
  await writeFile(join(folder, REPORT_FILE), renderHtml(model))
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
  await writeJson(join(folder, partial('environment.json')), environment)
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
  await write('combined_results.json', combined)
  await write('consistency_test_results.json', consistency)
}

function partial(name: string): string {
  return name.replace(/\.json$/, '.partial.json')
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`)
}
