import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startEmbeddedTargets } from '../compare/embedded-targets.ts'
import { describeRun } from '../compare/environment.ts'
import { measure } from '../compare/measure.ts'
import { measureCapacity, measureLoad, provesNothing } from '../compare/measure-load.ts'
import { UnreachableError } from '../compare/probe.ts'
import {
  type Parts,
  partialName,
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
import { checkService } from '../load/prepare.ts'
import { LoadError } from '../load/run-load.ts'
import { proseText } from '../report/model.ts'
import { renderTerminal } from '../report/terminal.ts'
import { comparisonFigures } from '../results/figures.ts'
import { check, requireKnownPaths } from '../thresholds/check.ts'
import { type CompareOptions, type CompareSettings, compareSettings } from './compare-settings.ts'
import { type CompareView, createCompareView, createMachineCompareView } from './compare-view.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { fail } from './failures.ts'
import type { CommandIo } from './io.ts'
import { OutputError, prepareOutput } from './output-file.ts'

export interface CompareCommandOptions extends CompareOptions {
  /** See `MeasureOptions`. */
  readonly timeLimitMs?: number | undefined
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
    return await compare(opened.targets, settings, options.timeLimitMs, io)
  } catch (error) {
    // A run that wrote nothing leaves no folder of its own behind; this fails where there is something in it.
    if (folder !== undefined && options.output === undefined) await rmdir(folder).catch(() => {})
    return explain(error, options.json === true, io)
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
  timeLimitMs: number | undefined,
  io: CommandIo,
): Promise<ExitCode> {
  const { output, conditions, json } = settings
  for (const condition of conditions)
    requireKnownPaths(condition, comparisonFigures.names(targets.length))
  const view = json ? createMachineCompareView(io) : createCompareView(io)
  const { parts, cutOff } = await measureAll(targets, settings, { view, timeLimitMs, io })
  view.clear()
  return cutOff === null
    ? endWhole(parts, settings, io)
    : endPartial({ ...parts, cut_off: cutOff }, output, json, io)
}

/** Everything that is wanted, one thing after another, until something cuts it off. */
async function measureAll(
  targets: readonly Target[],
  settings: CompareSettings,
  { view, timeLimitMs, io }: Surroundings,
): Promise<{ readonly parts: Parts; readonly cutOff: string | null }> {
  const { load, objective } = settings
  const { signal } = io
  // What cannot bear a load at all is told before anything is measured.
  if (load !== null) for (const { url } of targets) await checkService(load.spec, url, signal)
  const quick = { ...settings, timeLimitMs, signal, onProgress: view.quick }
  const { combined, consistency, cutOff } = await measure(targets, quick)
  let parts: Parts = {
    environment: describeRun(settings, sidesOf(targets)),
    quick_look: combined,
    consistency,
    load: null,
    capacity: null,
  }
  if (cutOff !== null) return { parts, cutOff }
  const interrupted = () => (signal?.aborted ? 'interrupted' : null)
  try {
    if (load !== null) {
      const measured = { ...load, signal, onProgress: view.load }
      const blocks = await measureLoad(targets, measured)
      parts = { ...parts, load: blocks.load }
      if (blocks.cutOff !== null) return { parts, cutOff: blocks.cutOff }
      if (objective !== null)
        parts = { ...parts, capacity: await measureCapacity(targets, { ...measured, objective }) }
    }
    if (settings.requirements && interrupted() === null)
      parts = { ...parts, ...(await requirementsOf(targets, settings, view, io)) }
    return { parts, cutOff: interrupted() }
  } catch (error) {
    // A service that has gone must not take with it what was measured before.
    if (!(error instanceof LoadError)) throw error
    return { parts, cutOff: interrupted() ?? error.message }
  }
}

interface Surroundings {
  readonly view: CompareView
  readonly timeLimitMs: number | undefined
  readonly io: CommandIo
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

/** Seconds of each run for the requirements at most; a shorter load asks for shorter ones. */
const REQUIREMENT_S = 5

function requirementsOf(
  targets: readonly Target[],
  { load, seed }: CompareSettings,
  view: CompareView,
  { signal, err }: CommandIo,
) {
  return measureRequirements(targets, {
    seed,
    products: load?.spec.products ?? 1000,
    seconds: Math.min(REQUIREMENT_S, load?.spec.duration_s ?? REQUIREMENT_S),
    signal,
    onProgress: view.load,
    onSkipped: (reason) => err(`not measured: ${reason}`),
  })
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

function explain(error: unknown, json: boolean, io: CommandIo): ExitCode {
  if (io.signal?.aborted && !(error instanceof OutputError))
    return fail('interrupted before anything was measured', EXIT.invalidRun, json, io)
  if (error instanceof UsageError) return fail(`error: ${error.message}`, EXIT.usage, json, io)
  const known = [UnreachableError, ServiceStartError, OutputError, LoadError]
  // A failed system call has one line of its own: no temporary folder, no memory for a process.
  if (error instanceof Error && (known.some((kind) => error instanceof kind) || 'syscall' in error))
    return fail(`error: ${error.message}`, EXIT.invalidRun, json, io)
  throw error
}
