import type { Access } from '../cart-api/access.ts'
import { type AccessOptions, openAccess } from '../cart-api/open-access.ts'
import { setUp } from '../cart-api/set-up.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { QUICK_OPERATIONS, runQuickPerf } from '../quick/quick-perf.ts'
import { CORE_OPERATIONS } from '../results/operations.ts'
import type { PerfRecord } from '../results/perf-record.ts'
import { type Summary, summarise } from '../stats/summarise.ts'
import type { CommandIo } from '../terminal/io.ts'
import { createProgress } from '../terminal/progress.ts'
import { figure, textTable } from '../terminal/text-table.ts'
import { exportedTo, exportLoad } from './export-load.ts'
import { describeFailures } from './failures.ts'
import type { LoadCommandOptions } from './load.ts'
import { type LoadOptions, loadSpecOf, withProductsOf } from './load-options.ts'
import { partOf } from './part-options.ts'
import { runQuickTest } from './quick-test.ts'
import { requireInteger } from './require-integer.ts'
import type { CommandResult } from './run-command.ts'

export interface PerfCommandOptions extends LoadOptions, AccessOptions {
  readonly host: string
  /** File for the result. */
  readonly output: string
  readonly seed?: number | undefined
  /** Such as `2/8`: runs one part of a load. */
  readonly part?: string | undefined
  /** When the parts start, such as `14:05:00Z`. */
  readonly startAt?: string | undefined
  /** `k6` and a file: writes the load as a script instead of running it. */
  readonly export?: readonly string[] | undefined
  /** Maximum duration of the quick test (5 minutes); a longer test fails. */
  readonly timeLimitMs?: number | undefined
  /** See `RunLoadOptions`. */
  readonly limits?: LoadCommandOptions['limits']
}

const TIME_LIMIT_MS = 5 * 60_000

/**
 * `pushcart perf`: a load if a rate or `closed` is given (`loadCommand`), otherwise the quick test of 150 operations.
 *
 * @throws LabError
 */
export async function perfCommand(
  options: PerfCommandOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const spec = loadSpecOf(options)
  const part = partOf(options, spec !== undefined)
  const script = exportedTo(options.export, spec !== undefined)
  const { host } = options
  if (script !== null && spec !== undefined) {
    if (part !== null) throw new UsageError('export: excludes --part')
    const access = await openAccess(options)
    return exportLoad(script, { host, access, spec: withProductsOf(spec, options, [access]) }, io)
  }
  const access = await setUp(host, await openAccess(options), { signal: io.signal })
  if (spec === undefined) return quickPerf(options, access, io)
  const wanted = { ...options, access, spec: withProductsOf(spec, options, [access]) }
  const { loadCommand, loadPartCommand } = await import('./load.ts')
  return part === null ? loadCommand(wanted, io) : loadPartCommand({ ...wanted, ...part }, io)
}

async function quickPerf(
  { host, output, seed, timeLimitMs = TIME_LIMIT_MS }: PerfCommandOptions,
  access: Access,
  io: CommandIo,
): Promise<ExitCode> {
  if (seed !== undefined)
    requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  const progress = createProgress(io, 'perf')
  return runQuickTest(
    {
      host,
      output,
      planned: QUICK_OPERATIONS,
      measure: ({ signal, onNoAnswer }) =>
        runQuickPerf({
          host,
          access,
          seed,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]),
          onProgress: progress.update,
          onNoAnswer,
        }),
      judge(records) {
        progress.clear()
        printFigures(records, io)
        return judge(records, io, timeLimitMs)
      },
    },
    io,
  )
}

function printFigures(records: readonly PerfRecord[], io: CommandIo): void {
  const rows = [
    ['operation', 'count', 'failed', 'average', 'min', 'max', 'P50', 'P95', 'P99'],
    ...CORE_OPERATIONS.map((operation) =>
      rowOf(operation, summarise(records.filter((record) => record.operation === operation))),
    ),
    rowOf('overall', summarise(records)),
  ]
  for (const line of textTable(rows)) io.out(line)
  io.out('times of successful operations, in milliseconds')
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

function judge(records: readonly PerfRecord[], io: CommandIo, timeLimitMs: number): ExitCode {
  const failures = records.flatMap(({ operation, success, error }) =>
    success ? [] : [`${operation}: ${error ?? 'failed'}`],
  )
  if (failures.length > 0) {
    io.err(`failed: ${failures.length} of ${records.length} operations`)
    for (const line of describeFailures(failures)) io.err(line)
  }
  if (records.length < QUICK_OPERATIONS) {
    const done = `${records.length} of ${QUICK_OPERATIONS} operations were completed`
    if (io.signal?.aborted) {
      io.err(`interrupted: ${done}`)
      return EXIT.invalidRun
    }
    io.err(`failed: the test took longer than ${timeLimitMs / 1000} s; ${done}`)
    return EXIT.checkFailed
  }
  return failures.length > 0 ? EXIT.checkFailed : EXIT.good
}
