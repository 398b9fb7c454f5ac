import { basename, dirname, join } from 'node:path'
import { EXIT } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { histogramLog, intervalsCsv, percentileDistribution } from '../results/load-exports.ts'
import { LoadResultError } from '../results/load-result.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { openLoadResult } from './read-load-result.ts'
import type { CommandResult } from './run-command.ts'

export interface ExportOptions {
  /** Folder for the files; that of the result by default. */
  readonly output?: string | undefined
}

/**
 * `pushcart export perf.json`: writes the histograms of a load as files of HdrHistogram and its seconds as CSV.
 *
 * @throws UsageError for a file that cannot be read; OutputError
 */
export async function exportCommand(
  path: string,
  { output = dirname(path) }: ExportOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const result = await openLoadResult(path).catch((error: unknown) => {
    throw error instanceof LoadResultError ? new UsageError(`${path}: ${error.message}`) : error
  })
  const stem = join(output, basename(path).replace(/\.json$/, ''))
  const distributions = [{ operation: 'overall', ...result.overall }, ...result.operations].map(
    ({ operation, histograms }) =>
      [`${stem}.${operation}.hgrm`, percentileDistribution(histograms.response_time)] as const,
  )
  const log = histogramLog(result)
  const files = [
    ...distributions,
    ...(log === null ? [] : [[`${stem}.hlog`, log] as const]),
    [`${stem}.csv`, intervalsCsv(result)] as const,
  ]
  for (const [file] of files) await prepareOutput(file)
  for (const [file, text] of files) {
    await writeText(file, text)
    io.out(`written: ${file}`)
  }
  if (log === null) io.err('no .hlog: the result has no histograms of its seconds')
  return EXIT.good
}
