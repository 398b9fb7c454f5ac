import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { linkTo } from '../compare/link-to.ts'
import { UsageError } from '../http/usage-error.ts'
import { compareRuns } from '../report/runs/compare-runs.ts'
import { runsHtml, runsMarkdown, runsTerminal } from '../report/runs/render-runs.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { prepareOutput, writeText } from './output-file.ts'
import { openComparison } from './read-comparison.ts'
import { explain } from './report.ts'

export interface CompareRunsOptions {
  /** Folder for runs.html and runs.md; that of the newer result file when left out. */
  readonly output?: string | undefined
}

const HTML_FILE = 'runs.html'
const MARKDOWN_FILE = 'runs.md'

/**
 * `pushcart compare old.json new.json`: what has changed from one run to the next on every side under load that is in both.
 *
 * @param paths of the result files, the older first
 * @returns the exit code: invalidRun when no side has valid blocks in both; usage for a file that cannot be read
 */
export async function compareRunsCommand(
  paths: readonly [string, string],
  options: CompareRunsOptions,
  io: CommandIo,
): Promise<ExitCode> {
  try {
    const [older, newer] = [await openComparison(paths[0]), await openComparison(paths[1])]
    if (isDeepStrictEqual(older.file, newer.file))
      throw new UsageError(`${older.path} and ${newer.path} hold the same run`)
    const comparison = compareRuns(older.file, newer.file)
    const some = comparison.sides.some(({ blocks }) => blocks.older > 0 && blocks.newer > 0)
    if (!some) {
      io.err(
        'invalid: no side has valid blocks under load in both files; compare with --rate or --closed first',
      )
      return EXIT.invalidRun
    }
    const folder = options.output ?? dirname(newer.path)
    const html = join(folder, HTML_FILE)
    await prepareOutput(html)
    const files = { older: linkTo(folder, older.path), newer: linkTo(folder, newer.path) }
    await writeText(html, runsHtml(comparison, files))
    await writeText(join(folder, MARKDOWN_FILE), runsMarkdown(comparison, files))
    for (const line of runsTerminal(comparison)) io.out(line)
    io.out('')
    io.out(`Report: ${pathToFileURL(html).href}`)
    return EXIT.good
  } catch (error) {
    return explain(error, io)
  }
}
