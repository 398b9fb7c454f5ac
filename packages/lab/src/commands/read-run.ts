import { oneRun } from '../report/runs/one-run.ts'
import type { ComparisonFile } from '../results/comparison-file.ts'
import { LoadResultError } from '../results/load-result.ts'
import { openComparison } from './read-comparison.ts'
import { openLoadResult } from './read-load-result.ts'

/**
 * Reads one of two runs to compare: the results of a comparison, or of `perf` and `merge`.
 *
 * @throws UsageError with the path
 */
export async function openRun(
  path: string,
): Promise<{ readonly path: string; readonly file: ComparisonFile }> {
  const result = await openLoadResult(path).catch((error) => {
    // Another kind of file is read as a comparison, whose reader says what is wrong with it.
    if (error instanceof LoadResultError) return null
    throw error
  })
  return result === null ? openComparison(path) : { path, file: oneRun(result) }
}
