import { DEFAULT_CLIENTS, runQuickConsistency } from '../consistency/quick/quick-consistency.ts'
import { type ConsistencyRecord, SCENARIOS } from '../consistency/records.ts'
import { type ScenarioSummary, summariseConsistency } from '../consistency/summarise.ts'
import { EXIT } from './exit-codes.ts'
import { describeFailures } from './failures.ts'
import type { CommandIo } from './io.ts'
import { measuredRun, requireInteger } from './measured-run.ts'
import { createProgress } from './progress.ts'
import { figure, textTable } from './text-table.ts'

export interface ConsistencyCommandOptions {
  readonly host: string
  readonly iterations: number
  /** Clients of the concurrent scenario; 10 when left out. */
  readonly clients?: number | undefined
  /** Where the records go; `results/consistency.json` when left out. */
  readonly output?: string | undefined
  readonly seed?: number | undefined
  /** See `QuickConsistencyOptions`. */
  readonly settleMs?: number | undefined
}

export const DEFAULT_CONSISTENCY_OUTPUT = 'results/consistency.json'
const MOST_ITERATIONS = 100_000
const MOST_CLIENTS = 1000

/**
 * `pushcart consistency`: the customary scenarios, what they found, and a file with every record.
 *
 * Stale reads are reported and fail nothing: a database may promise eventual reads and keep its promise.
 * What it acknowledged must be there in the end, once.
 *
 * @returns the exit code: checkFailed when a step failed or something acknowledged was lost or duplicated,
 *   invalidRun when the user cut it off or the file could not be written, usage for a bad option
 */
export async function consistencyCommand(
  options: ConsistencyCommandOptions,
  io: CommandIo,
): Promise<number> {
  const { host, iterations, clients = DEFAULT_CLIENTS, seed, settleMs } = options
  const progress = createProgress(io, 'consistency')
  const measure = async () => {
    requireInteger('iterations', iterations, 1, MOST_ITERATIONS)
    requireInteger('clients', clients, 1, MOST_CLIENTS)
    if (seed !== undefined)
      requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    return runQuickConsistency({
      host,
      iterations,
      clients,
      seed,
      settleMs,
      signal: io.signal,
      onProgress: progress.update,
      onNoAnswer: (reason) => io.err(`${host} does not answer: ${reason}`),
    })
  }
  return measuredRun(options.output ?? DEFAULT_CONSISTENCY_OUTPUT, io, measure, (records) => {
    progress.clear()
    printFigures(records, io)
    if (clients === 1) io.err('with one client no adds met: concurrent_updates proves nothing')
    return judge(records, io, iterations * SCENARIOS.length)
  })
}

function printFigures(records: readonly ConsistencyRecord[], io: CommandIo): void {
  const summaries = summariseConsistency(records)
  const reads = [
    ['reads after a write', 'records', 'failed', 'reads', 'consistent', '%'],
    ...(['create_then_read', 'write_then_read_items'] as const).map((scenario) =>
      readsRow(scenario, summaries[scenario]),
    ),
  ]
  const updates = [
    ['updates', 'records', 'failed', 'sent', 'acknowledged', 'lost', 'duplicated'],
    ...(['rapid_updates', 'concurrent_updates'] as const).map((scenario) =>
      updatesRow(scenario, summaries[scenario]),
    ),
  ]
  for (const line of [...textTable(reads), '', ...textTable(updates)]) io.out(line)
}

function readsRow(scenario: string, summary: ScenarioSummary): string[] {
  const { records, failed, reads, consistent_reads, consistency_rate } = summary
  const counts = [records, failed, reads, consistent_reads].map(String)
  return [scenario, ...counts, figure(consistency_rate)]
}

function updatesRow(scenario: string, summary: ScenarioSummary): string[] {
  const { records, failed, updates, acknowledged, lost, duplicated, unjudged } = summary
  const verdict = unjudged === records ? ['-', '-'] : [String(lost), String(duplicated)]
  return [scenario, ...[records, failed, updates, acknowledged].map(String), ...verdict]
}

function judge(records: readonly ConsistencyRecord[], io: CommandIo, planned: number): number {
  const failures = records.flatMap(({ scenario, success, error }) =>
    success ? [] : [`${scenario}: ${error ?? 'failed'}`],
  )
  if (failures.length > 0) {
    io.err(`failed: ${failures.length} of ${records.length} scenarios`)
    for (const line of describeFailures(failures)) io.err(line)
  }
  if (records.length < planned) {
    const why = io.signal?.aborted ? 'interrupted' : 'given up'
    io.err(`${why}: ${records.length} of ${planned} scenarios had run`)
    if (io.signal?.aborted) return EXIT.invalidRun
  }
  return failures.length > 0 ? EXIT.checkFailed : EXIT.good
}
