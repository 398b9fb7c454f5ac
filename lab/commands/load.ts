import { UsageError } from '../http/usage-error.ts'
import type { LoadResult } from '../load/load-result.ts'
import type { LoadSpec } from '../load/load-spec.ts'
import { LoadError, type RunLoadOptions, runLoad } from '../load/run-load.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { fail } from './failures.ts'
import type { CommandIo } from './io.ts'
import { createLiveView, createMachineView } from './live-view.ts'
import { loadTable } from './load-table.ts'
import { OutputError, prepareOutput, writeText } from './output-file.ts'

export interface LoadCommandOptions {
  readonly host: string
  readonly spec: LoadSpec
  readonly output: string
  readonly json?: boolean | undefined
  /** See `RunLoadOptions`. */
  readonly limits?: RunLoadOptions['limits']
}

/**
 * `pushcart perf` under load: the run, its figures, and a file with the result.
 *
 * @returns the exit code: checkFailed when an operation failed; invalidRun when the generator was the bottleneck, the
 *   run was cut off, nothing usable answers, or the file could not be written; usage for a bad option
 */
export async function loadCommand(options: LoadCommandOptions, io: CommandIo): Promise<ExitCode> {
  const { host, spec, output, json = false, limits } = options
  const view = json ? createMachineView(io) : createLiveView(io)
  try {
    await prepareOutput(output)
    const { signal } = io
    const result = await runLoad(spec, { url: host }, { signal, limits, onProgress: view.update })
    view.clear()
    await writeText(output, `${JSON.stringify(result, null, 1)}\n`)
    if (json) io.out(JSON.stringify({ type: 'result', result }))
    else printResult(result, output, io)
    return judge(result, io)
  } catch (error) {
    view.clear()
    return explain(error, json, io)
  }
}

function printResult(result: LoadResult, output: string, io: CommandIo): void {
  for (const line of loadTable(result)) io.out(line)
  io.out(`result written to ${output}`)
}

function judge(result: LoadResult, io: CommandIo): ExitCode {
  const { overall, partial, cut_off, measured_s, valid, invalid_because } = result
  if (overall.failed > 0) {
    io.err(`failed: ${overall.failed} of ${overall.count} operations`)
    for (const line of failureLines(result)) io.err(line)
  }
  for (const reason of invalid_because) io.err(`invalid: ${reason}`)
  if (partial) io.err(`${cut_off}: partial, ${measured_s.toFixed(1)} s were measured`)
  if (partial || !valid) return EXIT.invalidRun
  return overall.failed > 0 ? EXIT.checkFailed : EXIT.good
}

const MOST_LINES = 8

function failureLines({ operations }: LoadResult): string[] {
  const failures = operations
    .flatMap(({ operation, outcomes }) => outcomes.map((outcome) => ({ operation, ...outcome })))
    .filter(({ kind }) => kind !== 'ok' && kind !== 'interrupted')
    .sort((a, b) => b.count - a.count)
  const lines = failures.slice(0, MOST_LINES).map(({ operation, kind, name, count }) => {
    const what =
      kind === name ? name.replaceAll('_', ' ') : `${name} (${kind.replaceAll('_', ' ')})`
    return `  ${count} x ${operation}: ${what}`
  })
  const hidden = failures.length - lines.length
  return hidden > 0 ? [...lines, `  and ${hidden} other kinds of failure`] : lines
}

function explain(error: unknown, json: boolean, io: CommandIo): ExitCode {
  if (error instanceof UsageError) return fail(error.message, EXIT.usage, json, io)
  const isSystemError = error instanceof Error && 'syscall' in error
  if (error instanceof LoadError || error instanceof OutputError || isSystemError)
    return fail(error.message, EXIT.invalidRun, json, io)
  throw error
}
