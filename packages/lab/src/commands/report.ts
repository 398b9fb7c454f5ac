import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EXIT } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import { readShop } from '../model/decide/read-shop.ts'
import { renderTerminal } from '../report/render-terminal.ts'
import { writeReport } from '../report/write-report.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { writeComparison } from '../results/comparison-text.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import { REPORT_FILES } from '../results/results-folder.ts'
import type { CommandIo } from '../terminal/io.ts'
import { openComparison } from './read-comparison.ts'
import { readNoise } from './read-noise.ts'
import type { CommandResult } from './run-command.ts'

export interface ReportOptions {
  /** Folder for the report; that of the result file by default. */
  readonly output?: string | undefined
  /** Price file for the cost model. */
  readonly prices?: string | undefined
  /** The reader's shop, see `readShop`. */
  readonly shop?: string | undefined
  /** Result file of an A/A run under the same load. */
  readonly noise?: string | undefined
}

/**
 * `pushcart report results.json`: writes the report of a comparison again. With `noise`, the noise floor is recorded in the
 * result file, because the figures of a report link to it.
 *
 * @param path the result file, or its folder
 * @throws UsageError for a missing, damaged or foreign file, or a folder that cannot be written; OutputError
 */
export async function reportCommand(
  path: string,
  options: ReportOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const opened = await openComparison(path)
  const folder = options.output ?? dirname(opened.path)
  await prepareOutput(join(folder, REPORT_FILES.html))
  const prices = readPrices(options.prices)
  const shop = options.shop === undefined ? undefined : readShop(options.shop)
  const parts = options.noise === undefined ? opened.file : await withNoise(opened, options.noise)
  const { model, url } = await writeReport(folder, parts, { prices, shop }, opened.path)
  for (const line of renderTerminal(model)) io.out(line)
  io.out('')
  io.out(`Report: ${url}`)
  return EXIT.good
}

/** The comparison with the noise floor of an A/A run, recorded in its file. */
async function withNoise(
  { path, file }: Awaited<ReturnType<typeof openComparison>>,
  noisePath: string,
): Promise<ComparisonParts> {
  if (file.load === null) throw new UsageError(`noise: ${path} contains no load`)
  const parts = { ...file, noise: await readNoise(noisePath, file.load.spec) }
  // Renamed when complete: a measurement must not be lost if the disk is full.
  const whole = `${path}.new`
  await prepareOutput(whole)
  await writeText(whole, writeComparison(parts))
  await rename(whole, path)
  return parts
}
