import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { EXIT } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import { readShop } from '../model/decide/read-shop.ts'
import { renderTerminal } from '../report/render-terminal.ts'
import { writeReport } from '../report/write-report.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { writeComparison } from '../results/comparison-text.ts'
import type { EvidencePart } from '../results/evidence.ts'
import { LoadResultError } from '../results/load-result.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import { REPORT_FILES } from '../results/results-folder.ts'
import type { CommandIo } from '../terminal/io.ts'
import { openComparison } from './read-comparison.ts'
import { readEvidence } from './read-evidence.ts'
import { readNoise } from './read-noise.ts'
import { openLoadReport, reportLoadFile } from './report-load.ts'
import type { CommandResult } from './run-command.ts'

export interface ReportOptions {
  /** Folder for the report; that of the result file by default. */
  readonly output?: string | undefined
  /** Price file for the cost model. */
  readonly prices?: string | undefined
  /** The reader's shop, see `readShop`. */
  readonly shop?: string | undefined
  /** Result files of other runs and files of figures, to be recorded. */
  readonly evidence?: readonly string[] | undefined
  /** Result file of an A/A run under the same load. */
  readonly noise?: string | undefined
}

/**
 * `pushcart report results.json`: writes the report of a comparison again, or that of one run of a load. With `noise` or `evidence`, the noise floor and
 * the figures from elsewhere are recorded in the result file, because the figures of a report link to them.
 *
 * @param path the result file, or the folder of a comparison
 * @throws UsageError for a missing, damaged or foreign file, or a folder that cannot be written; OutputError
 */
export async function reportCommand(
  path: string,
  options: ReportOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const load = await openLoadReport(path).catch((error: unknown) => {
    throw error instanceof LoadResultError ? new UsageError(`${path}: ${error.message}`) : error
  })
  if (load !== null) {
    const unused = (['prices', 'shop', 'evidence', 'noise'] as const).find(
      (name) => options[name] !== undefined,
    )
    if (unused !== undefined)
      throw new UsageError(`${unused}: does not apply to the result of one run`)
    return reportLoadFile(path, load, options.output, io)
  }
  const opened = await openComparison(path)
  const folder = options.output ?? dirname(opened.path)
  await prepareOutput(join(folder, REPORT_FILES.html))
  const prices = readPrices(options.prices)
  const shop = options.shop === undefined ? undefined : readShop(options.shop)
  const parts = await withMore(opened, options)
  const { model, url } = await writeReport(folder, parts, { prices, shop }, opened.path)
  if (parts !== opened.file) await record(parts, opened.path)
  for (const line of renderTerminal(model)) io.out(line)
  io.out('')
  io.out(`Report: ${url}`)
  return EXIT.good
}

/** The comparison with the noise floor of an A/A run and figures from elsewhere. */
async function withMore(
  { path, file }: Awaited<ReturnType<typeof openComparison>>,
  { noise, evidence = [] }: ReportOptions,
): Promise<ComparisonParts> {
  if (noise === undefined && evidence.length === 0) return file
  if (noise !== undefined && file.load === null)
    throw new UsageError(`noise: ${path} contains no load`)
  const given = await readEvidence(evidence)
  return {
    ...file,
    ...(noise !== undefined &&
      file.load !== null && { noise: await readNoise(noise, file.load.spec) }),
    // The newly given take precedence over the recorded ones.
    ...(given.length > 0 && { evidence: [...given, ...notAgain(file.evidence ?? [], given)] }),
  }
}

/** Records the parts in their file, after a report could be made of them. */
async function record(parts: ComparisonParts, path: string): Promise<void> {
  // Renamed when complete: a measurement must not be lost if the disk is full.
  const whole = `${path}.new`
  await prepareOutput(whole)
  await writeText(whole, writeComparison(parts))
  await rename(whole, path)
}

/** The recorded parts without those that were given again. */
function notAgain(
  recorded: readonly EvidencePart[],
  given: readonly EvidencePart[],
): readonly EvidencePart[] {
  return recorded.filter((old) => !given.some((one) => isDeepStrictEqual(one, old)))
}
