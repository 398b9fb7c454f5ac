import type { Side } from '../../compare/side.ts'
import { type ScenarioSummary, summariseConsistency } from '../../consistency/summarise.ts'
import { pointer } from '../../evidence/pointer.ts'
import type { ComparisonFile } from '../../results/comparison-file.ts'
import type { GuaranteeEvidence } from './evidence.ts'

/**
 * What the consistency test showed of a store: whether an acknowledged add was lost or stored twice, over all its
 * sides; and whether reads returned the write acknowledged before them, per side with its read consistency.
 */
export function guaranteesOf(
  { consistency }: Pick<ComparisonFile, 'consistency'>,
  sides: readonly Side[],
): GuaranteeEvidence[] {
  const keys = new Set(sides.map(({ key }) => key))
  const own = consistency.filter(({ database }) => keys.has(database))
  if (own.length === 0) return []
  const { rapid_updates, concurrent_updates } = summariseConsistency(own)
  const updates = [rapid_updates, concurrent_updates]
  const sum = (of: (summary: ScenarioSummary) => number) =>
    updates.reduce((total, summary) => total + of(summary), 0)
  const judged = sum((summary) => summary.judged)
  // An add without a response may or may not have been applied, so it can hide a lost or a duplicated one.
  const certain = judged > 0 && sum(({ unknown, unjudged }) => unknown + unjudged) === 0
  const updatesVerdict = (found: number) =>
    found > 0 ? ('violated' as const) : certain ? ('holds' as const) : ('unknown' as const)
  const record = pointer('consistency')
  const common = { read_mode: null, operations: judged, record }
  return [
    { guarantee: 'no_lost_add', verdict: updatesVerdict(sum(({ lost }) => lost)), ...common },
    {
      guarantee: 'no_double_add',
      verdict: updatesVerdict(sum(({ duplicated }) => duplicated)),
      ...common,
    },
    ...sides.flatMap(({ key, read_consistency }) =>
      readsOf(
        own.filter(({ database }) => database === key),
        read_consistency,
      ),
    ),
  ]
}

function readsOf(
  records: ComparisonFile['consistency'],
  read_mode: Side['read_consistency'],
): GuaranteeEvidence[] {
  const { create_then_read, write_then_read_items } = summariseConsistency(records)
  const sum = (of: (summary: ScenarioSummary) => number) =>
    of(create_then_read) + of(write_then_read_items)
  const reads = sum((summary) => summary.reads)
  if (reads === 0) return []
  const stale = sum(({ stale_reads }) => stale_reads)
  const missed = sum(({ other_misses }) => other_misses)
  return [
    {
      guarantee: 'read_your_writes',
      read_mode,
      verdict: stale > 0 ? 'violated' : missed > 0 ? 'unknown' : 'holds',
      operations: reads,
      record: pointer('consistency'),
    },
  ]
}
