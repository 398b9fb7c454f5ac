import { UsageError } from '../errors/usage-error.ts'
import { oneRun } from '../report/runs/one-run.ts'
import type { ComparisonFile } from '../results/comparison-file.ts'
import { isImportedResult } from '../results/imported-result.ts'
import { LoadResultError } from '../results/load-result.ts'
import { parsedFile } from './parsed-file.ts'
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
  if (result === null && isImportedResult(await parsedFile(path)))
    throw new UsageError(
      `${path}: an imported result cannot be compared: it has no schedule and no send times; see npx pushcart report`,
    )
  return result === null ? openComparison(path) : { path, file: oneRun(result) }
}
