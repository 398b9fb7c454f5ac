import { appendFile } from 'node:fs/promises'
import { fileErrorReason } from '../errors/file-error.ts'
import { annotations } from '../report/pipeline/annotations.ts'
import type { PipelineReport } from '../report/pipeline/checks.ts'
import { junitXml } from '../report/pipeline/junit.ts'
import { summaryMarkdown } from '../report/pipeline/summary.ts'
import { prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'

/** The variables of a pipeline that are read. */
export type PipelineEnvironment = Readonly<
  Partial<Record<'GITHUB_STEP_SUMMARY' | 'GITHUB_ACTIONS', string>>
>

/**
 * Requires that the JUnit file can be written, before anything is measured.
 *
 * @throws UsageError
 */
export async function prepareJunit(junit: string | undefined): Promise<void> {
  if (junit !== undefined) await prepareOutput(junit)
}

/**
 * Publishes a run to the pipeline that it runs in: a summary, JUnit XML, and annotations on standard error, where they do
 * not disturb `--json`.
 *
 * @throws OutputError if the JUnit file cannot be written; a missing summary is one line
 */
export async function publish(
  report: PipelineReport,
  junit: string | undefined,
  io: CommandIo,
  env: PipelineEnvironment = process.env,
): Promise<void> {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: actions } = env
  if (junit !== undefined) await writeText(junit, junitXml(report))
  if (actions === 'true') for (const line of annotations(report)) io.err(line)
  if (summary === undefined || summary === '') return
  try {
    await appendFile(summary, `${summaryMarkdown(report)}\n`)
  } catch (error) {
    io.err(`the summary could not be written: ${fileErrorReason(error)}`)
  }
}
