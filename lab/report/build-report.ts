import type { Environment } from '../compare/environment.ts'
import { EMULATOR_WORDS, type Side, storeLabel } from '../compare/side.ts'
import { summarise } from '../stats/summarise.ts'
import { OPERATIONS } from '../workload/perf-record.ts'
import { circumstances, method, readableTime } from './circumstances.ts'
import { consistencyTable } from './consistency-table.ts'
import { RULE } from './contest.ts'
import { milliseconds, percentage } from './format.ts'
import type { Comparison, Distributions, Glance, ReportModel } from './model.ts'
import { operationsTable } from './operations-table.ts'
import { emulatorNotes, type Opponent } from './opponent.ts'
import { overallTable } from './overall-table.ts'
import { percentileTable } from './percentile-table.ts'
import {
  type CombinedConsistencyRecord,
  type CombinedRecord,
  OPERATION_TITLES,
  runOf,
} from './records.ts'
import { verdict } from './verdict.ts'

/**
 * Everything the report says, computed from what the result files hold.
 *
 * @param combined    content of `combined_results.json`
 * @param consistency content of `consistency_test_results.json`
 * @param environment content of `environment.json`; RangeError if it names fewer than two sides
 */
export function buildReport(
  combined: readonly CombinedRecord[],
  consistency: readonly CombinedConsistencyRecord[],
  environment: Environment,
): ReportModel {
  const { sides } = environment
  const [first, ...others] = sides.map((side, place) => ({
    side,
    place,
    run: runOf(combined, side.key),
  }))
  if (first === undefined || others.length === 0) throw new RangeError('a report needs two sides')
  const opponents: readonly [Opponent, ...Opponent[]] = [first, ...others]
  return {
    title: title(sides),
    subtitle: `One cart service, ${environment.operations} operations on each side. ${readableTime(environment.started_at)}.`,
    sides: sides.map(({ key, label, emulator }) => ({
      key,
      label,
      warning: emulator ? EMULATOR_WORDS : null,
    })),
    verdict: verdict(opponents, consistency),
    glance: opponents.map(glance),
    comparisons: others.map((other) => comparison(first, other)),
    distributions: distributions(opponents),
    consistency: consistencyTable(
      sides,
      consistency,
      environment.concurrent_clients,
      emulatorNotes(sides),
    ),
    circumstances: circumstances(environment),
    method: method(environment),
    repeat: {
      command: environment.command,
      notes: [
        `The seed gives the same operations; the times will differ from run to run. Run it more than once before believing a small difference.`,
        `Two running deployments are compared with: npx pushcart compare --a URL --b URL`,
      ],
    },
  }
}

/** The databases by name; sides of one database are named once. */
function title(sides: readonly Side[]): string {
  const names = [...new Set(sides.map(({ store, label }) => (store ? storeLabel(store) : label)))]
  return names.length > 1
    ? names.join(' against ')
    : sides.map(({ label }) => label).join(' against ')
}

function glance({ side, place, run }: Opponent): Glance {
  const { p50, p95, success_rate } = summarise(run.all)
  return {
    side: place,
    figures: [
      { name: 'Median', figure: milliseconds(`overall.p50.${side.key}`, p50) },
      { name: 'P95', figure: milliseconds(`overall.p95.${side.key}`, p95) },
      { name: 'Success', figure: percentage(`overall.success_rate.${side.key}`, success_rate) },
    ],
  }
}

const MARGIN_NOTE = `Margin: how much less time the faster one took. ${RULE}`

function comparison(a: Opponent, b: Opponent): Comparison {
  const notes = [MARGIN_NOTE, ...emulatorNotes([a.side, b.side])]
  return {
    id: `${a.side.key}-${b.side.key}`,
    title: `${a.side.label} against ${b.side.label}`,
    overall: overallTable(a, b, notes),
    operations: operationsTable(a, b, notes),
  }
}

function distributions(opponents: readonly Opponent[]): Distributions {
  const sides = opponents.map(({ side }) => side)
  const operations = OPERATIONS.map((operation) => ({
    operation,
    title: OPERATION_TITLES[operation],
    samples: opponents.map(({ run }) =>
      run.all
        .filter((record) => record.success && record.operation === operation)
        .map((record) => record.response_time),
    ),
  }))
  const notes = emulatorNotes(sides)
  return { operations, notes, percentiles: percentileTable(sides, operations, notes) }
}
