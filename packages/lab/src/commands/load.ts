import type { Access } from '../cart-api/access.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { type RunLoadOptions, runLoad } from '../load/run-load.ts'
import type { LoadResult } from '../results/load-result.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { partialName, prepareOutput, writeText } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'
import { shorten } from './failures.ts'
import { createLiveView, createMachineView } from './live-view.ts'
import { loadTable } from './load-table.ts'
import type { CommandResult } from './run-command.ts'

export interface LoadCommandOptions {
  readonly host: string
  readonly access?: Access | undefined
  readonly spec: LoadSpec
  readonly output: string
  readonly json?: boolean | undefined
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
  { host, access, spec, output, json = false, limits }: LoadCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  await prepareOutput(output)
  const view = json ? createMachineView(io) : createLiveView(io)
  const { signal } = io
  try {
    const result = await runLoad(
      spec,
      { url: host, access },
      { signal, limits, onProgress: view.update },
    )
    view.clear()
    const file = result.partial ? partialName(output) : output
    await writeText(file, `${JSON.stringify(result, null, 1)}\n`)
    if (!json) printResult(result, file, io)
    return { exit_code: judge(result, io), file, result }
  } finally {
    view.clear()
  }
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
