import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../http/usage-error.ts'
import {
  type ComparisonFile,
  ComparisonFileError,
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
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = folder ? join(path, 'results.json') : path
  try {
    return { path: file, file: readComparison(await readFile(file, 'utf8')) }
  } catch (error) {
    throw new UsageError(`${file}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ComparisonFileError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? `cannot be read${code === '' ? '' : ` (${code})`}`
}
