import { constants } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors/usage-error.ts'
import {
  type ComparisonFile,
  ComparisonFileError,
  RESULTS_FILE,
  readComparison,
} from '../results/comparison-file.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}

/**
 * Reads the results of a comparison: a `results.json`, or the folder that holds one.
 *
 * @throws UsageError in one line that names the file
 */
export async function openComparison(
  path: string,
): Promise<{ readonly path: string; readonly file: ComparisonFile }> {
  const found = await stat(path).catch(() => null)
  const file = found?.isDirectory() ? join(path, RESULTS_FILE) : path
  try {
    const { size } = await stat(file)
    if (size > constants.MAX_STRING_LENGTH) throw new UsageError('it is too large to be read')
    return { path: file, file: readComparison(await readFile(file, 'utf8')) }
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ComparisonFileError || error instanceof UsageError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? `cannot be read${code === '' ? '' : ` (${code})`}`
}
