import type { Access } from '../cart-api/access.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { requireSplit } from '../load/generators.ts'
import { runLoadPart } from '../load/part-of-load.ts'
import { type RunLoadOptions, runLoad } from '../load/run-load.ts'
import { countOf } from '../load/schedule/share.ts'
import { openTelemetry } from '../load/telemetry/open-telemetry.ts'
import type { LoadPartFile } from '../results/load-part.ts'
import type { LoadResult } from '../results/load-result.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { partialName, prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { chooseFor } from './choose-generators.ts'
import { shorten } from './failures.ts'
import { createLiveView, createMachineView } from './live-view.ts'
import { loadTable } from './load-table.ts'
import type { LoadPart } from './part-options.ts'
import type { CommandResult } from './run-command.ts'

export interface LoadCommandOptions {
  readonly host: string
  readonly access?: Access | undefined
  readonly spec: LoadSpec
  readonly output: string
  readonly json?: boolean | undefined
  /** Processes that share the load; chosen by default. */
  readonly generators?: number | 'auto' | undefined
  /** Whether metrics are sent while the load runs. */
  readonly otlp?: boolean | undefined
  /** See `RunLoadOptions`. */
  readonly limits?: RunLoadOptions['limits']
}

/**
 * `pushcart perf` under load: runs it, prints the figures and writes the result; that of a run which ended early goes
 * to a separate file.
 *
 * @throws LabError
 */
export async function loadCommand(
  { host, access, spec, output, json = false, generators, otlp, limits }: LoadCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const { count, why } = chooseFor(spec, [host], generators)
  if (why !== null) io.err(why)
  await prepareOutput(output)
  await using telemetry = otlp === true ? await openTelemetry(process.env, io.err) : null
  const view = json ? createMachineView(io) : createLiveView(io)
  const { signal } = io
  try {
    const result = await runLoad(
      spec,
      { url: host, access },
      {
        signal,
        limits,
        generators: () => count,
        keepsTimes: true,
        telemetry: telemetry ?? undefined,
        onProgress: view.update,
      },
    )
    view.clear()
    const file = result.partial ? partialName(output) : output
    await writeText(file, `${JSON.stringify(result, null, 1)}\n`)
    return reportLoad(result, file, json, io)
  } finally {
    view.clear()
  }
}

/**
 * `pushcart perf --part`: runs one part of a load and writes what it measured, to be merged with the other parts.
 *
 * @throws LabError
 */
export async function loadPartCommand(
  options: LoadCommandOptions & LoadPart,
  io: CommandIo,
): Promise<CommandResult> {
  const { host, access, spec, output, json = false, part, startAt } = options
  const share = [{ index: part.index - 1, of: part.of }]
  requireSplit(spec, part.of, 'part')
  const own = {
    ...spec,
    rate: spec.rate === null ? null : spec.rate / part.of,
    connections: countOf(spec.connections, share),
  }
  const { count, why } = chooseFor(own, [host], options.generators)
  if (why !== null) io.err(why)
  await prepareOutput(output)
  await using telemetry = options.otlp === true ? await openTelemetry(process.env, io.err) : null
  const view = json ? createMachineView(io) : createLiveView(io)
  try {
    const result = await runLoadPart(
      spec,
      { url: host, access },
      {
        part,
        startAt,
        generators: count,
        signal: io.signal,
        onProgress: view.update,
        telemetry: telemetry ?? undefined,
      },
    )
    view.clear()
    const cut_off = result.generators.find((generator) => generator.cut_off !== null)?.cut_off
    const file = cut_off === undefined ? output : partialName(output)
    await writeText(file, `${JSON.stringify(result, null, 1)}\n`)
    io.err(clockWords(result.clock))
    if (!json)
      io.out(
        `part ${part.index} of ${part.of} written to ${file}; merge all parts with: npx pushcart merge FILES`,
      )
    if (cut_off === undefined) return { exit_code: EXIT.good, file }
    io.err(`${cut_off}: partial result`)
    return { exit_code: EXIT.invalidRun, file }
  } finally {
    view.clear()
  }
}

function clockWords(clock: LoadPartFile['clock']): string {
  if (clock === null) return 'clock offset: unknown, the service sends no usable date header'
  const { offset_ms, uncertainty_ms } = clock
  return `clock offset: the service is ${Math.abs(offset_ms)} ms ${offset_ms < 0 ? 'behind' : 'ahead'} (+/- ${uncertainty_ms} ms)`
}

/** Prints a result and what is wrong with it. */
export function reportLoad(
  result: LoadResult,
  file: string,
  json: boolean,
  io: CommandIo,
): CommandResult {
  if (!json) printResult(result, file, io)
  return { exit_code: judge(result, io), file, result }
}

function printResult(result: LoadResult, file: string, io: CommandIo): void {
  for (const line of loadTable(result)) io.out(line)
  io.out(`result written to ${file}`)
}

function judge(result: LoadResult, io: CommandIo): ExitCode {
  const { overall, partial, cut_off, measured_s, valid, invalid_because } = result
  if (overall.failed > 0) {
    io.err(`failed: ${overall.failed} of ${overall.count} operations`)
    for (const line of failureLines(result)) io.err(line)
  }
  for (const reason of invalid_because) io.err(`invalid: ${reason}`)
  if (partial) io.err(`${cut_off}: partial result, ${measured_s.toFixed(1)} s were measured`)
  if (partial || !valid) return EXIT.invalidRun
  return overall.failed > 0 ? EXIT.checkFailed : EXIT.good
}

const MAX_LINES = 8

function failureLines({ operations }: LoadResult): string[] {
  const lines = operations
    .flatMap(({ operation, outcomes }) => outcomes.map((outcome) => ({ operation, ...outcome })))
    .filter(({ kind }) => kind !== 'ok' && kind !== 'interrupted')
    .sort((a, b) => b.count - a.count)
    .map(({ operation, kind, name, count }) => {
      const what =
        kind === name ? name.replaceAll('_', ' ') : `${name} (${kind.replaceAll('_', ' ')})`
      return `  ${count} x ${operation}: ${what}`
    })
  return shorten(lines, MAX_LINES)
}
