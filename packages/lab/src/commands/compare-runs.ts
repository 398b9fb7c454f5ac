import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { EXIT } from '../errors/exit-codes.ts'
import { LabError } from '../errors/lab-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { compareRuns } from '../report/runs/compare-runs.ts'
import { runsHtml, runsMarkdown, runsTerminal } from '../report/runs/render-runs.ts'
import { linkTo } from '../report/write-report.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { openRun } from './read-run.ts'
import type { CommandResult } from './run-command.ts'

export interface CompareRunsOptions {
  /** Folder for runs.html and runs.md; that of the newer result file by default. */
  readonly output?: string | undefined
}

const HTML_FILE = 'runs.html'
const MARKDOWN_FILE = 'runs.md'

/**
 * `pushcart compare old.json new.json`: reports what changed between two runs, for every target under load in both.
 *
 * @param paths of the result files, the older first
 * @throws UsageError for a file that cannot be read; LabError if no target has valid blocks in both
 */
export async function compareRunsCommand(
  paths: readonly [string, string],
  options: CompareRunsOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const [older, newer] = [await openRun(paths[0]), await openRun(paths[1])]
  if (isDeepStrictEqual(older.file, newer.file))
    throw new UsageError(`${older.path} and ${newer.path} contain the same run`)
  const comparison = compareRuns(older.file, newer.file)
  if (!comparison.sides.some(({ blocks }) => blocks.older > 0 && blocks.newer > 0))
    throw new LabError(
      'no target has valid blocks under load in both files; compare with --rate or --closed first',
    )
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
}
