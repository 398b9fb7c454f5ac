import { existsSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Access } from '../cart-api/access.ts'
import { openAccess } from '../cart-api/open-access.ts'
import { EXIT } from '../errors/exit-codes.ts'
import { databaseBehind } from '../faults/network.ts'
import type { RunLoadOptions } from '../load/run-load.ts'
import { openTelemetry } from '../load/telemetry/open-telemetry.ts'
import { referenceEvidence } from '../model/decide/reference.ts'
import { proseText } from '../report/model.ts'
import { renderTerminal } from '../report/render-terminal.ts'
import { writeReport } from '../report/write-report.ts'
import { type ComparisonParts, RESULTS_FILE } from '../results/comparison-file.ts'
import type { EvidencePart } from '../results/evidence.ts'
import type { NoisePart } from '../results/noise.ts'
import { prepareOutput } from '../results/output-file.ts'
import {
  prepareResults,
  REPORT_FILES,
  writePartialResults,
  writeResults,
} from '../results/results-folder.ts'
import { startEmbeddedTargets } from '../services/embedded-targets.ts'
import type { ServiceProgram } from '../services/start-service.ts'
import { openUrls, type Target, twice } from '../services/target.ts'
import type { CommandIo } from '../terminal/io.ts'
import { type CompareOptions, type CompareSettings, compareSettings } from './compare-settings.ts'
import { createCompareView, createMachineCompareView } from './compare-view.ts'
import { judge, printJudgement } from './judge-comparison.ts'
import { withProductsOf } from './load-options.ts'
import { measureAll } from './measure-comparison.ts'
import { prepareJunit, publish } from './publish.ts'
import { comparisonForPipeline } from './publish-comparison.ts'
import { readEvidence } from './read-evidence.ts'
import { readNoise } from './read-noise.ts'
import type { CommandResult } from './run-command.ts'

export interface CompareCommandOptions extends CompareOptions {
  /** See `MeasureOptions`. */
  readonly timeLimitMs?: number | undefined
  /** See `RunLoadOptions`. */
  readonly limits?: RunLoadOptions['limits']
  /** Replaces `pushcart serve` in tests. */
  readonly program?: ServiceProgram | undefined
}

/**
 * `pushcart compare`: the quick look, the consistency test and, if requested, blocks of load, on two deployments or on
 * the embedded databases; writes every record and the report to a folder.
 *
 * @throws LabError
 */
export async function compareCommand(
  options: CompareCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const settings = compareSettings(options, new Date().toISOString())
  const { output, load } = settings
  const noise =
    options.noise === undefined || load === null
      ? undefined
      : await readNoise(options.noise, load.spec)
  const evidence = await readEvidence(options.evidence ?? [])
  await prepareJunit(options.junit)
  await using telemetry = options.otlp === true ? await openTelemetry(process.env, io.err) : null
  const isNew = !existsSync(output)
  try {
    await using opened = await openTargets(settings, options, io)
    const { targets } = opened
    await prepareResults(
      output,
      targets.map(({ side }) => side),
    )
    return await compare(
      targets,
      forTargets(settings, targets, options),
      { ...options, noise, given: evidence, telemetry: telemetry ?? undefined },
      io,
    )
  } catch (error) {
    // A run that wrote nothing leaves no folder behind. rmdir fails if the folder is not empty.
    if (isNew) await rmdir(output).catch(() => {})
    throw error
  }
}

async function openTargets(
  { services, output, poolSize, rttMs }: CompareSettings,
  options: CompareCommandOptions,
  io: CommandIo,
): Promise<AsyncDisposable & { readonly targets: readonly Target[] }> {
  const { program } = options
  if (services.kind === 'urls') {
    const { apiA, apiB, headerA, headerB } = options
    const [a, b] = services.urls
    const [ofA, ofB] = [
      await accessOf(options, apiA, headerA),
      await accessOf(options, apiB, headerB),
    ]
    return running(
      await openUrls(
        [
          { ...a, access: ofA },
          { ...b, access: ofB },
        ],
        io.signal,
      ),
    )
  }
  if (services.kind === 'self') {
    const access = await accessOf(options, options.apiA, options.headerA)
    const own = { ...services.of, access }
    return running(await openUrls([own, own], io.signal))
  }
  // Starting takes a while, so an unwritable folder is reported before.
  await prepareOutput(join(output, REPORT_FILES.html))
  const database = rttMs === null ? undefined : databaseBehind(rttMs)
  const starting = { poolSize, signal: io.signal, program, database }
  if (services.kind === 'embedded-self') {
    io.err(`starting ${services.store} with its embedded database ...`)
    const started = await startEmbeddedTargets({ ...starting, keys: [services.store] })
    return { ...started, targets: twice(started.targets) }
  }
  io.err(`starting ${services.keys.join(', ')}, each with an embedded database ...`)
  return startEmbeddedTargets({ ...starting, keys: services.keys })
}

function accessOf(
  options: CompareCommandOptions,
  api = options.api,
  headers: readonly string[] = [],
): Promise<Access> {
  return openAccess({ ...options, api, header: [...(options.header ?? []), ...headers] })
}

/** The settings for the products that the services have. */
function forTargets(
  settings: CompareSettings,
  targets: readonly Target[],
  options: CompareCommandOptions,
): CompareSettings {
  const { load } = settings
  if (load === null) return settings
  const accesses = targets.map(({ access }) => access)
  return { ...settings, load: { ...load, spec: withProductsOf(load.spec, options, accesses) } }
}

/** The figures given, and last those of the package, which are of pushcart's own operations. */
function withReference(
  given: readonly EvidencePart[],
  targets: readonly Target[],
): readonly EvidencePart[] {
  return targets.every(({ side }) => side.store === null) ? given : [...given, referenceEvidence()]
}

/** Services that somebody else started keep running. */
function running(targets: readonly Target[]) {
  return { targets, async [Symbol.asyncDispose]() {} }
}

interface MeasuringOptions extends Pick<CompareCommandOptions, 'timeLimitMs' | 'limits'> {
  readonly telemetry: RunLoadOptions['telemetry']
  readonly noise: NoisePart | undefined
  /** Figures from elsewhere. */
  readonly given: readonly EvidencePart[]
}

async function compare(
  targets: readonly Target[],
  settings: CompareSettings,
  { timeLimitMs, limits, telemetry, noise, given }: MeasuringOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const view = settings.json ? createMachineCompareView(io) : createCompareView(io)
  const measured = await measureAll(targets, settings, { view, timeLimitMs, limits, telemetry, io })
  view.clear()
  const { cut_off } = measured
  const evidence = withReference(given, targets)
  const parts = {
    ...measured.parts,
    ...(noise !== undefined && { noise }),
    ...(evidence.length > 0 && { evidence }),
  }
  return cut_off === null
    ? endComplete(parts, settings, io)
    : endPartial({ ...parts, cut_off }, settings, io)
}

async function endPartial(
  parts: ComparisonParts & { readonly cut_off: string },
  { output }: CompareSettings,
  io: CommandIo,
): Promise<CommandResult> {
  const { cut_off: partial } = parts
  const results = await writePartialResults(output, parts)
  io.err(
    `${partial}: results measured so far are in ${join(output, '*.partial.json')}; for a report, run: npx pushcart report ${results}`,
  )
  return { exit_code: EXIT.invalidRun, partial, verdict: null, results, report: null }
}

async function endComplete(
  parts: ComparisonParts,
  { output, prices, shop, conditions, json, junit }: CompareSettings,
  io: CommandIo,
): Promise<CommandResult> {
  await writeResults(output, parts)
  const { model, url } = await writeReport(output, parts, { prices, shop })
  if (!json) for (const line of [...renderTerminal(model), '', `Report: ${url}`]) io.out(line)
  const judgement = judge(parts, conditions)
  const exit_code = printJudgement(judgement, io)
  await publish(comparisonForPipeline(model, judgement), junit, io)
  return {
    exit_code,
    partial: null,
    verdict: proseText(model.verdict.headline),
    results: join(output, RESULTS_FILE),
    report: url,
  }
}
