import { UsageError } from '../http/usage-error.ts'
import { runQuickPerf } from '../quick/quick-perf.ts'
import { OPERATIONS_OF_A_KIND } from '../quick/quick-stream.ts'
import { type Summary, summarise, summariseByOperation } from '../stats/summarise.ts'
import { OPERATIONS, type PerfRecord } from '../workload/perf-record.ts'
import { EXIT } from './exit-codes.ts'
import { describeFailures } from './failures.ts'
import type { CommandIo } from './io.ts'
import type { LoadCommandOptions } from './load.ts'
import { type LoadOptions, loadSpecOf } from './load-options.ts'
import { measuredRun, requireInteger } from './measured-run.ts'
import { createProgress } from './progress.ts'
import { figure, textTable } from './text-table.ts'

export interface PerfCommandOptions extends LoadOptions {
  readonly host: string
  /** Where the records go; `results/perf.json` when left out. */
  readonly output?: string | undefined
  readonly seed?: number | undefined
  /** When the customary test is cut off and counts as failed (5 minutes). */
  readonly timeLimitMs?: number | undefined
  /** See `RunLoadOptions`. */
  readonly limits?: LoadCommandOptions['limits']
}

export const DEFAULT_PERF_OUTPUT = 'results/perf.json'
const TIME_LIMIT_MS = 5 * 60_000

/**
 * `pushcart perf`: under load with a rate or `closed`, see `loadCommand`; else the customary 150 operations, their
 * figures, and a file with every one of them.
 *
 * @returns the exit code: checkFailed when an operation failed or the time limit was passed, invalidRun when
 *   the user cut it off or the file could not be written, usage for a bad option
 */
export async function perfCommand(options: PerfCommandOptions, io: CommandIo): Promise<number> {
  try {
    const spec = loadSpecOf(options)
    if (spec !== undefined) {
      const { loadCommand } = await import('./load.ts')
      return await loadCommand(
        { ...options, spec, output: options.output ?? DEFAULT_PERF_OUTPUT },
        io,
      )
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(`error: ${error.message}`)
    return EXIT.usage
  }
  return quickPerf(options, io)
}

async function quickPerf(options: PerfCommandOptions, io: CommandIo): Promise<number> {
  const { host, output = DEFAULT_PERF_OUTPUT, seed, timeLimitMs = TIME_LIMIT_MS } = options
  const progress = createProgress(io, 'perf')
  const measure = async () => {
    if (seed !== undefined)
      requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    const timeLimit = AbortSignal.timeout(timeLimitMs)
    return runQuickPerf({
      host,
      seed,
      signal: io.signal ? AbortSignal.any([io.signal, timeLimit]) : timeLimit,
      onProgress: progress.update,
      onNoAnswer: (reason) => io.err(`${host} does not answer: ${reason}`),
    })
  }
  return measuredRun(output, io, measure, (records) => {
    progress.clear()
    printFigures(records, io)
    return judge(records, io, timeLimitMs)
  })
}

function printFigures(records: readonly PerfRecord[], io: CommandIo): void {
  const byOperation = summariseByOperation(records)
  const rows = [
    ['operation', 'count', 'failed', 'average', 'min', 'max', 'P50', 'P95', 'P99'],
    ...OPERATIONS.map((operation) => rowOf(operation, byOperation[operation])),
    rowOf('overall', summarise(records)),
  ]
  for (const line of textTable(rows)) io.out(line)
  io.out('times in milliseconds, of the operations that succeeded')
}

function rowOf(name: string, summary: Summary): string[] {
  const { count, successes, average, min, max, p50, p95, p99 } = summary
  return [
    name,
    String(count),
    String(count - successes),
    ...[average, min, max, p50, p95, p99].map(figure),
  ]
}

function judge(records: readonly PerfRecord[], io: CommandIo, timeLimitMs: number): number {
  const failures = records.flatMap(({ operation, success, error }) =>
    success ? [] : [`${operation}: ${error ?? 'failed'}`],
  )
  if (failures.length > 0) {
    io.err(`failed: ${failures.length} of ${records.length} operations`)
    for (const line of describeFailures(failures)) io.err(line)
  }
  const planned = OPERATIONS_OF_A_KIND * OPERATIONS.length
  if (records.length < planned) {
    const done = `${records.length} of ${planned} operations had run`
    if (io.signal?.aborted) {
      io.err(`interrupted: ${done}`)
      return EXIT.invalidRun
    }
    io.err(`failed: it took longer than ${timeLimitMs / 1000} s; ${done}`)
    return EXIT.checkFailed
  }
  return failures.length > 0 ? EXIT.checkFailed : EXIT.good
}
