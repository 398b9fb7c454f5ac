import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startEmbeddedTargets } from '../compare/embedded-targets.ts'
import { describeRun } from '../compare/environment.ts'
import { measure } from '../compare/measure.ts'
import {
  checkTargets,
  type MeasureLoadOptions,
  measureCapacity,
  measureLoad,
  provesNothing,
} from '../compare/measure-load.ts'
import { UnreachableError } from '../compare/probe.ts'
import {
  type Parts,
  prepareResults,
  REPORT_FILE,
  RESULTS_FILE,
  writePartialResults,
  writeResults,
} from '../compare/results-folder.ts'
import { ServiceStartError } from '../compare/service-process.ts'
import { openUrls, type Target, twice } from '../compare/target.ts'
import { measureRequirements } from '../evidence/measure-requirements.ts'
import { UsageError } from '../http/usage-error.ts'
import { LoadError, type RunLoadOptions } from '../load/run-load.ts'
import { proseText, type ReportModel } from '../report/model.ts'
import { renderTerminal } from '../report/terminal.ts'
import { comparisonFigures } from '../results/figures.ts'
import { check } from '../thresholds/check.ts'
import { type CompareOptions, type CompareSettings, compareSettings } from './compare-settings.ts'
import { type CompareView, createCompareView, createMachineCompareView } from './compare-view.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
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
    folder = settings.output
    await using opened = await openTargets(settings, options.program, io)
    await prepareResults(settings.output, sidesOf(opened.targets))
    return await compare(opened.targets, settings, options, io)
  } catch (error) {
    // A run that wrote nothing leaves no folder of its own behind; this fails where there is something in it.
    if (folder !== undefined && options.output === undefined) await rmdir(folder).catch(() => {})
    return explain(error, io)
  }
}

async function openTargets(
  { services, output }: CompareSettings,
  program: string | undefined,
  io: CommandIo,
): Promise<AsyncDisposable & { readonly targets: readonly Target[] }> {
  if (services.kind === 'urls') return running(await openUrls(services.urls, io.signal))
  if (services.kind === 'self')
    return running(await openUrls([services.of, services.of], io.signal))
  // Starting takes a while: what cannot be written is told before.
  await prepareOutput(join(output, REPORT_FILE))
  if (services.kind === 'embedded-self') {
    io.err(`starting ${services.store} with its embedded database ...`)
    const started = await startEmbeddedTargets(io.signal, program, [services.store])
    return { ...started, targets: twice(started.targets) }
  }
  io.err('starting PostgreSQL and two DynamoDB services, each with its embedded database ...')
  return startEmbeddedTargets(io.signal, program)
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
  const sides = sidesOf(targets)
  const { output, load, json } = settings
  const { signal } = io
  const view = json ? createMachineCompareView(io) : createCompareView(io)
  const environment = describeRun(settings, sides)
  if (load !== null) await checkTargets(targets, load.spec, signal)
  const quick = { ...settings, timeLimitMs, signal, onProgress: view.quick }
  const { combined, consistency, cutOff } = await measure(targets, quick)
  const parts: Parts = {
    environment,
    quick_look: combined,
    consistency,
    load: null,
    capacity: null,
  }
  const underLoad = { signal, limits, onProgress: view.load }
  const { parts: measured, cut_off } =
    cutOff === null
      ? await measureParts(parts, targets, settings, underLoad, io)
      : { parts, cut_off: cutOff }
  view.clear()
  const partial = signal?.aborted ? 'interrupted' : cut_off
  if (partial !== null) {
    await writePartialResults(output, measured)
    io.err(`${partial}: what was measured until then is in ${join(output, '*.partial.json')}`)
    return EXIT.invalidRun
  }
  const model = await writeResults(output, measured, settings.prices)
  if (json) return tellMachine(model, measured, settings, io)
  for (const line of renderTerminal(model)) io.out(line)
  io.out('')
  io.out(`Report: ${reportUrl(settings)}`)
  return judge(measured, settings.conditions, io)
}

type UnderLoad = Pick<MeasureLoadOptions, 'signal' | 'limits' | 'onProgress'>

/** What is measured after the quick look, as far as it is wanted and until something ends it. */
async function measureParts(
  before: Parts,
  targets: readonly Target[],
  { load, objective, requirements, seed }: CompareSettings,
  underLoad: UnderLoad & { readonly onProgress: CompareView['load'] },
  io: CommandIo,
): Promise<{ readonly parts: Parts; readonly cut_off: string | null }> {
  let parts = before
  if (load !== null) {
    const blocks = await measureLoad(targets, { ...load, ...underLoad })
    parts = { ...parts, load: blocks.part }
    if (blocks.cut_off !== null) return { parts, cut_off: blocks.cut_off }
    if (objective !== null) {
      const search = await measureCapacity(targets, { ...load, ...underLoad, objective })
      parts = { ...parts, capacity: search.part }
      if (search.cut_off !== null) return { parts, cut_off: search.cut_off }
    }
  }
  if (!requirements) return { parts, cut_off: null }
  const more = await measureRequirements(targets, {
    ...underLoad,
    seed,
    load: parts.load,
    products: load?.spec.products ?? 1000,
    seconds: Math.min(REQUIREMENT_S, load?.spec.duration_s ?? REQUIREMENT_S),
    onSkipped: (reason) => io.err(`not measured: ${reason}`),
  })
  return { parts: { ...parts, ...more }, cut_off: null }
}

/** Seconds of each run for the requirements at most; a shorter load asks for shorter ones. */
const REQUIREMENT_S = 5

function tellMachine(
  model: ReportModel,
  parts: Parts,
  settings: CompareSettings,
  io: CommandIo,
): ExitCode {
  const exit_code = judge(parts, settings.conditions, io)
  const verdict = proseText(model.verdict.headline)
  const results = join(settings.output, RESULTS_FILE)
  const report = reportUrl(settings)
  io.out(JSON.stringify({ type: 'result', exit_code, verdict, results, report }))
  return exit_code
}

function reportUrl({ output }: CompareSettings): string {
  return pathToFileURL(join(output, REPORT_FILE)).href
}

function sidesOf(targets: readonly Target[]) {
  return targets.map(({ side }) => side)
}

/** Says what failed; a run that proves nothing is invalid, whatever else it shows. */
function judge(parts: Parts, conditions: CompareSettings['conditions'], io: CommandIo): ExitCode {
  const { quick_look, consistency, load, environment } = parts
  const failures = [
    tell(quick_look.filter(({ success }) => !success).length, quick_look.length, 'operations'),
    tell(
      consistency.filter(({ success }) => !success).length,
      consistency.length,
      'consistency scenarios',
    ),
    ...(load === null ? [] : [tellLoad(load.slots.map(({ result }) => result.overall))]),
  ].filter((line) => line !== null)
  for (const line of failures) io.err(line)
  const figures = comparisonFigures.of(parts)
  const checked = conditions.map((condition) => check(condition, figures))
  for (const { condition, outcome, left, right } of checked) {
    if (outcome === 'met') io.err(`condition met: ${condition} (${left} and ${right})`)
    if (outcome === 'not_measurable')
      io.err(`invalid: ${condition}: too little was measured to say`)
  }
  const keys = environment.sides.map(({ key }) => key)
  const nothing = load === null ? null : provesNothing(load, keys)
  if (nothing !== null) io.err(`invalid: ${nothing}`)
  if (nothing !== null || checked.some(({ outcome }) => outcome === 'not_measurable'))
    return EXIT.invalidRun
  const met = checked.some(({ outcome }) => outcome === 'met')
  return failures.length > 0 || met ? EXIT.checkFailed : EXIT.good
}

function tellLoad(slots: readonly { readonly failed: number; readonly count: number }[]) {
  const sum = (of: 'failed' | 'count') => slots.reduce((total, slot) => total + slot[of], 0)
  return tell(sum('failed'), sum('count'), 'operations under load')
}

function tell(failed: number, of: number, what: string): string | null {
  return failed === 0 ? null : `failed: ${failed} of ${of} ${what}`
}

function explain(error: unknown, io: CommandIo): ExitCode {
  if (io.signal?.aborted && !(error instanceof OutputError)) {
    io.err('interrupted before anything was measured')
    return EXIT.invalidRun
  }
  if (error instanceof UsageError) {
    io.err(`error: ${error.message}`)
    return EXIT.usage
  }
  const known = [UnreachableError, ServiceStartError, OutputError, LoadError]
  // A failed system call has one line of its own: no temporary folder, no memory for a process.
  if (
    error instanceof Error &&
    (known.some((kind) => error instanceof kind) || 'syscall' in error)
  ) {
    io.err(`error: ${error.message}`)
    return EXIT.invalidRun
  }
  throw error
}
