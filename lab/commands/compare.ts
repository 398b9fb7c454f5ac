import { existsSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startEmbeddedTargets } from '../compare/embedded-targets.ts'
import { UnreachableError } from '../compare/probe.ts'
import {
  type Parts,
  partialName,
  prepareResults,
  REPORT_FILE,
  writePartialResults,
  writeResults,
} from '../compare/results-folder.ts'
import { ServiceStartError } from '../compare/service-process.ts'
import { openUrls, type Target, twice } from '../compare/target.ts'
import { UsageError } from '../http/usage-error.ts'
import { LoadError, type RunLoadOptions } from '../load/run-load.ts'
import { proseText } from '../page/document.ts'
import { renderTerminal } from '../report/render-terminal.ts'
import { RESULTS_FILE } from '../results/comparison-file.ts'
import { type CompareOptions, type CompareSettings, compareSettings } from './compare-settings.ts'
import { createCompareView, createMachineCompareView } from './compare-view.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { fail } from './failures.ts'
import type { CommandIo } from './io.ts'
import { judge } from './judge-comparison.ts'
import { measureAll } from './measure-comparison.ts'
import { OutputError, prepareOutput } from './output-file.ts'

export interface CompareCommandOptions extends CompareOptions {
  /** See `MeasureOptions`. */
  readonly timeLimitMs?: number | undefined
  /** See `RunLoadOptions`. */
  readonly limits?: RunLoadOptions['limits']
  /** Stands in for `cli.ts` when services are started. */
  readonly program?: string | undefined
}

/**
 * `pushcart compare`: the quick look, the consistency test and, where a load is wanted, blocks of it, on two
 * deployments or on both embedded databases; a folder with every record and the report.
 *
 * @returns the exit code: checkFailed when an operation failed, something acknowledged was lost or doubled, or a
 *   condition was met; invalidRun when the run was cut off, a side could not be reached or started, or the
 *   generator was the bottleneck; usage for bad options
 */
export async function compareCommand(
  options: CompareCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  let folder: string | undefined
  try {
    const settings = compareSettings(options, new Date().toISOString())
    if (!existsSync(settings.output)) folder = settings.output
    await using opened = await openTargets(settings, options.program, io)
    await prepareResults(settings.output, sidesOf(opened.targets))
    return await compare(opened.targets, settings, options, io)
  } catch (error) {
    // A run that wrote nothing leaves no folder of its own behind; this fails where there is something in it.
    if (folder !== undefined) await rmdir(folder).catch(() => {})
    return explain(error, options.json === true, io)
  }
}

async function openTargets(
  { services, output, poolSize }: CompareSettings,
  program: string | undefined,
  io: CommandIo,
): Promise<AsyncDisposable & { readonly targets: readonly Target[] }> {
  if (services.kind === 'urls') return running(await openUrls(services.urls, io.signal))
  if (services.kind === 'self')
    return running(await openUrls([services.of, services.of], io.signal))
  // Starting takes a while: what cannot be written is told before.
  await prepareOutput(join(output, REPORT_FILE))
  const starting = { poolSize, signal: io.signal, program }
  if (services.kind === 'embedded-self') {
    io.err(`starting ${services.store} with its embedded database ...`)
    const started = await startEmbeddedTargets({ ...starting, keys: [services.store] })
    return { ...started, targets: twice(started.targets) }
  }
  io.err('starting PostgreSQL and two DynamoDB services, each with its embedded database ...')
  return startEmbeddedTargets(starting)
}

/** Services of the user's, which are left running. */
function running(targets: readonly Target[]) {
  return { targets, async [Symbol.asyncDispose]() {} }
}

async function compare(
  targets: readonly Target[],
  settings: CompareSettings,
  { timeLimitMs, limits }: Pick<CompareCommandOptions, 'timeLimitMs' | 'limits'>,
  io: CommandIo,
): Promise<ExitCode> {
  const { output, json } = settings
  const view = json ? createMachineCompareView(io) : createCompareView(io)
  const { parts, cut_off } = await measureAll(targets, settings, { view, timeLimitMs, limits, io })
  view.clear()
  return cut_off === null
    ? endWhole(parts, settings, io)
    : endPartial({ ...parts, cut_off }, output, json, io)
}

async function endPartial(
  parts: Parts & { readonly cut_off: string },
  output: string,
  json: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  const { cut_off: partial } = parts
  await writePartialResults(output, parts)
  const results = join(output, partialName(RESULTS_FILE))
  if (json) tellEnd(io, { partial, verdict: null, results, report: null }, EXIT.invalidRun)
  io.err(
    `${partial}: what was measured until then is in ${join(output, '*.partial.json')}; a report of it: npx pushcart report ${results}`,
  )
  return EXIT.invalidRun
}

async function endWhole(
  parts: Parts,
  { output, prices, conditions, json }: CompareSettings,
  io: CommandIo,
): Promise<ExitCode> {
  const model = await writeResults(output, parts, prices)
  const report = pathToFileURL(join(output, REPORT_FILE)).href
  if (json) {
    const code = judge(parts, conditions, io)
    const verdict = proseText(model.verdict.headline)
    tellEnd(io, { partial: null, verdict, results: join(output, RESULTS_FILE), report }, code)
    return code
  }
  for (const line of renderTerminal(model)) io.out(line)
  io.out('')
  io.out(`Report: ${report}`)
  return judge(parts, conditions, io)
}

/** The last line for a program. */
function tellEnd(
  io: CommandIo,
  end: {
    /** Why the run was cut off; `null` when it is complete. */
    readonly partial: string | null
    readonly verdict: string | null
    readonly results: string
    readonly report: string | null
  },
  exit_code: ExitCode,
): void {
  io.out(JSON.stringify({ type: 'result', exit_code, ...end }))
}

function sidesOf(targets: readonly Target[]) {
  return targets.map(({ side }) => side)
}

function explain(error: unknown, json: boolean, io: CommandIo): ExitCode {
  if (error instanceof OutputError) return fail(error.message, EXIT.invalidRun, json, io)
  const known = [UnreachableError, ServiceStartError, LoadError, UsageError]
  // A failed system call has one line of its own: no temporary folder, no memory for a process.
  if (
    !(error instanceof Error) ||
    !(known.some((kind) => error instanceof kind) || 'syscall' in error)
  )
    throw error
  if (io.signal?.aborted)
    return fail('interrupted before anything was measured', EXIT.invalidRun, json, io, '')
  const code = error instanceof UsageError ? EXIT.usage : EXIT.invalidRun
  return fail(error.message, code, json, io)
}
