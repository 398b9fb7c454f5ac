import { constants } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { type ComparisonFile, RESULTS_FILE } from '../results/comparison-file.ts'
import { ComparisonFileError, readComparison } from '../results/comparison-text.ts'

/**
 * Reads the results of a comparison: a `results.json`, or its folder.
 *
 * @throws UsageError with the path
 */
export async function openComparison(
  path: string,
): Promise<{ readonly path: string; readonly file: ComparisonFile }> {
  const found = await stat(path).catch(() => null)
  const file = found?.isDirectory() ? join(path, RESULTS_FILE) : path
  try {
    const { size } = await stat(file)
    if (size > constants.MAX_STRING_LENGTH) throw new UsageError('it is too large to read')
    return { path: file, file: readComparison(await readFile(file, 'utf8')) }
  } catch (error) {
    const known = error instanceof ComparisonFileError || error instanceof UsageError
    throw new UsageError(`${file}: ${known ? error.message : fileErrorReason(error)}`)
  }
}
