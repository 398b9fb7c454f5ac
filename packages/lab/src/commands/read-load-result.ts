import { readFile, stat } from 'node:fs/promises'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { type LoadResult, LoadResultError, parseLoadResult } from '../results/load-result.ts'

/**
 * Reads a result of `perf` or `merge`.
 *
 * @throws UsageError if the file cannot be read; LoadResultError if it is no load result
 */
export async function openLoadResult(path: string): Promise<LoadResult> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) throw new LoadResultError('not a load result: it is a folder')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${path}: ${fileErrorReason(error)}`)
  })
  return parseLoadResult(text)
}
