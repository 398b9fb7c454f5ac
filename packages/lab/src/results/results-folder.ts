import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ComparisonParts, RESULTS_FILE } from './comparison-file.ts'
import { readComparison, writeComparison } from './comparison-text.ts'
import { partialName, prepareOutput, writeRecords, writeText } from './output-file.ts'
import { resultsFileName, type Side } from './side.ts'

/** The report of a comparison, in its folder. */
export const REPORT_FILES = { html: 'report.html', markdown: 'report.md' } as const

const ENVIRONMENT_FILE = 'environment.json'
const COMBINED_FILE = 'combined_results.json'
const CONSISTENCY_FILE = 'consistency_test_results.json'

/**
 * Checks before a measurement that every file of a complete comparison can be written.
 *
 * @throws UsageError with the first file that cannot
 */
export async function prepareResults(folder: string, sides: readonly Side[]): Promise<void> {
  for (const name of [...recordFiles(sides), RESULTS_FILE, ...Object.values(REPORT_FILES)])
    await prepareOutput(join(folder, name))
}

/**
 * Writes the result files of a complete comparison, in place of those of an earlier one.
 *
 * @throws OutputError
 */
export async function writeResults(folder: string, parts: ComparisonParts): Promise<void> {
  await clearEarlier(folder, partialName)
  await clearEarlier(folder, completeName)
  await writeFiles(folder, parts, completeName)
}

/**
 * Writes what an interrupted comparison measured, as `*.partial.json`. Earlier complete results stay.
 *
 * @returns the path of the file with all results
 * @throws OutputError
 */
export async function writePartialResults(folder: string, parts: ComparisonParts): Promise<string> {
  await clearEarlier(folder, partialName)
  await writeFiles(folder, parts, partialName)
  return join(folder, partialName(RESULTS_FILE))
}

const completeName = (name: string) => name

/** Deletes the files of an earlier comparison, so that they cannot be mistaken for those of this one. */
async function clearEarlier(folder: string, nameOf: (name: string) => string): Promise<void> {
  const text = await readFile(join(folder, nameOf(RESULTS_FILE)), 'utf8').catch(() => null)
  if (text === null) return
  const results = [...recordFiles(sidesIn(text)), RESULTS_FILE].map(nameOf)
  const reports = nameOf === completeName ? Object.values(REPORT_FILES) : []
  for (const name of [...results, ...reports]) await rm(join(folder, name), { force: true })
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

async function writeFiles(
  folder: string,
  parts: ComparisonParts,
  nameOf: (name: string) => string,
): Promise<void> {
  const { environment, quick_look, consistency } = parts
  const pathOf = (name: string) => join(folder, nameOf(name))
  await writeText(pathOf(RESULTS_FILE), writeComparison(parts))
  for (const side of environment.sides) {
    const records = quick_look.filter(({ database }) => database === side.key)
    await writeRecords(
      pathOf(resultsFileName(side)),
      records.map(({ database: _, ...record }) => record),
    )
  }
  await writeRecords(pathOf(COMBINED_FILE), quick_look)
  await writeRecords(pathOf(CONSISTENCY_FILE), consistency)
  await writeText(pathOf(ENVIRONMENT_FILE), `${JSON.stringify(environment, null, 2)}\n`)
}
