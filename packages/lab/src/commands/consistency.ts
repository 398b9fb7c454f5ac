import { type Access, plainAccess } from '../cart-api/access.ts'
import { compileAccess } from '../cart-api/compile-access.ts'
import { setUp } from '../cart-api/set-up.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { DEFAULT_CLIENTS, runQuickConsistency } from '../quick/consistency/quick-consistency.ts'
import type { PipelineCheck, PipelineReport } from '../report/pipeline/checks.ts'
import { type ConsistencyRecord, SCENARIOS } from '../results/consistency-records.ts'
import { type ScenarioSummary, summariseConsistency } from '../results/summarise-consistency.ts'
import type { CommandIo } from '../terminal/io.ts'
import { createProgress } from '../terminal/progress.ts'
import { figure, textTable } from '../terminal/text-table.ts'
import { describeFailures } from './failures.ts'
import { publish } from './publish.ts'
import { runQuickTest } from './quick-test.ts'
import { requireInteger } from './require-integer.ts'

export interface ConsistencyCommandOptions {
  readonly host: string
  /** How the service is spoken to; by default as pushcart is. */
  readonly access?: Access | undefined
  readonly iterations: number
  /** Clients of the concurrent scenario (10). */
  readonly clients?: number | undefined
  /** File for the records (`results/consistency.json`). */
  readonly output?: string | undefined
  /** File for the scenarios as JUnit XML. */
  readonly junit?: string | undefined
  readonly seed?: number | undefined
  /** See `QuickConsistencyOptions`. */
  readonly settleMs?: number | undefined
}

const DEFAULT_OUTPUT = 'results/consistency.json'
const MAX_ITERATIONS = 100_000
const MAX_CLIENTS = 1000

/**
 * `pushcart consistency` without `--seconds`: runs the quick scenarios, prints a summary and writes every record.
 *
 * Stale reads are reported, but no failure: a database may promise eventual reads only. Lost and duplicated writes fail.
 *
 * @throws LabError
 */
export async function consistencyCommand(
  options: ConsistencyCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const { host, iterations, clients = DEFAULT_CLIENTS, seed, settleMs } = options
  requireInteger('iterations', iterations, 1, MAX_ITERATIONS)
  requireInteger('clients', clients, 1, MAX_CLIENTS)
  if (seed !== undefined)
    requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  const access = await setUp(host, options.access ?? plainAccess(), { signal: io.signal })
  const { addSets } = compileAccess(access)
  if (addSets) io.err('concurrent_updates is left out: an add sets the quantity; use --seconds')
  const progress = createProgress(io, 'consistency')
  const planned = iterations * (SCENARIOS.length - (addSets ? 1 : 0))
  let measured: readonly ConsistencyRecord[] = []
  const code = await runQuickTest<ConsistencyRecord>(
    {
      host,
      output: options.output ?? DEFAULT_OUTPUT,
      planned,
      measure: (more) =>
        runQuickConsistency({
          host,
          access,
          iterations,
          clients,
          seed,
          settleMs,
          onProgress: progress.update,
          ...more,
        }),
      judge(records) {
        measured = records
        progress.clear()
        printFigures(records, io)
        if (clients === 1)
          io.err('one client sends no concurrent adds: concurrent_updates is inconclusive')
        return judge(records, io, planned)
      },
    },
    io,
  )
  await publish(scenariosForPipeline(measured, planned), options.junit, io)
  return code
}

/** What a pipeline shows of the scenarios: each with its failures. */
function scenariosForPipeline(
  records: readonly ConsistencyRecord[],
  planned: number,
): PipelineReport {
  const found = Map.groupBy(records, ({ scenario }) => scenario)
  const failed = records.filter(({ success }) => !success).length
  return {
    title: 'pushcart consistency',
    headline:
      openingOf(summariseConsistency(records)) ?? `${failed} of ${records.length} records failed`,
    table: [],
    checks: [
      ...[...found].map(([scenario, own]): PipelineCheck => {
        const bad = own.filter(({ success }) => !success)
        return {
          group: 'scenarios',
          name: scenario,
          outcome: bad.length === 0 ? 'passed' : 'failed',
          detail:
            bad.length === 0 ? '' : `${bad.length} of ${own.length}: ${bad[0]?.error ?? 'failed'}`,
        }
      }),
      ...(records.length === planned
        ? []
        : [
            {
              group: 'run',
              name: 'complete',
              outcome: 'inconclusive' as const,
              detail: `${records.length} of ${planned} scenarios were completed`,
            },
          ]),
    ],
    hints: [],
  }
}

function printFigures(records: readonly ConsistencyRecord[], io: CommandIo): void {
  const summaries = summariseConsistency(records)
  const opening = openingOf(summaries)
  if (opening !== undefined) io.out(opening)
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

/** What is missing in the end, in one sentence before all figures. */
function openingOf({
  rapid_updates: rapid,
  concurrent_updates: concurrent,
}: ReturnType<typeof summariseConsistency>): string | undefined {
  const [lost, doubled, judged] = (['lost', 'duplicated', 'judged'] as const).map(
    (name) => rapid[name] + concurrent[name],
  ) as [number, number, number]
  if (lost + doubled === 0 || judged === 0) return undefined
  const perThousand = Math.round((1000 * lost) / judged)
  const missing = `${lost} of ${judged} acknowledged changes are missing at the end (${perThousand} of every 1,000)`
  return `${missing}${doubled > 0 ? ` and ${doubled} units are doubled` : ''}.`
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

function judge(records: readonly ConsistencyRecord[], io: CommandIo, planned: number): ExitCode {
  const failures = records.flatMap(({ scenario, success, error }) =>
    success ? [] : [`${scenario}: ${error ?? 'failed'}`],
  )
  if (failures.length > 0) {
    io.err(`failed: ${failures.length} of ${records.length} scenarios`)
    for (const line of describeFailures(failures)) io.err(line)
  }
  if (records.length < planned) {
    io.err(`interrupted: ${records.length} of ${planned} scenarios were completed`)
    return EXIT.invalidRun
  }
  return failures.length > 0 ? EXIT.checkFailed : EXIT.good
}
