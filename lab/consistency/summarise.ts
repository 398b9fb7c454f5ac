import { rateOf } from './reads.ts'
import type { ConsistencyRecord, Scenario } from './records.ts'

/** The records of one scenario in figures. Failed ones count, with whatever they got done. */
export interface ScenarioSummary {
  records: number
  /** Records whose `success` is false. */
  failed: number
  /** Reads after a write; 0 in the scenarios of updates. */
  reads: number
  consistent_reads: number
  /** `consistent_reads` of `reads`, 2 decimals; `null` without reads. */
  consistency_rate: number | null
  /** Updates sent and acknowledged; 0 in the scenarios of reads. */
  updates: number
  acknowledged: number
  /** Acknowledged updates that were not stored, in the carts that could be read afterwards. */
  lost: number
  /** Units stored beyond what was sent; only the concurrent scenario can tell. */
  duplicated: number
  /** Records whose cart could not be read afterwards, so that nothing is known of its updates. */
  unjudged: number
}

/** One summary per scenario, computed from the records' own fields alone. */
export function summariseConsistency(
  records: readonly ConsistencyRecord[],
): Record<Scenario, ScenarioSummary> {
  return {
    create_then_read: summariseScenario(records, 'create_then_read'),
    write_then_read_items: summariseScenario(records, 'write_then_read_items'),
    rapid_updates: summariseScenario(records, 'rapid_updates'),
    concurrent_updates: summariseScenario(records, 'concurrent_updates'),
  }
}

function summariseScenario(
  records: readonly ConsistencyRecord[],
  scenario: Scenario,
): ScenarioSummary {
  const own = records.filter((record) => record.scenario === scenario)
  const total = { reads: 0, consistent_reads: 0, updates: 0, acknowledged: 0 }
  const verdict = { lost: 0, duplicated: 0, unjudged: 0 }
  for (const record of own) {
    const reads = readsOf(record)
    total.reads += reads.attempts
    total.consistent_reads += reads.consistent
    const updates = updatesOf(record)
    total.updates += updates.sent
    total.acknowledged += updates.acknowledged
    verdict.lost += updates.lost ?? 0
    verdict.duplicated += updates.duplicated ?? 0
    verdict.unjudged += updates.lost === null ? 1 : 0
  }
  return {
    records: own.length,
    failed: own.filter((record) => !record.success).length,
    ...total,
    consistency_rate: rateOf(total.consistent_reads, total.reads),
    ...verdict,
  }
}

function readsOf(record: ConsistencyRecord): { attempts: number; consistent: number } {
  if (record.scenario === 'create_then_read')
    return { attempts: record.read_attempts, consistent: record.consistent_reads }
  if (record.scenario === 'write_then_read_items')
    return { attempts: record.read_attempts, consistent: record.item_visible_count }
  return { attempts: 0, consistent: 0 }
}

interface Updates {
  sent: number
  acknowledged: number
  lost: number | null
  duplicated: number | null
}

function updatesOf(record: ConsistencyRecord): Updates {
  if (record.scenario === 'rapid_updates') {
    const [acknowledged, stored] = [record.updates_successful, record.final_items_count]
    const lost = stored === null ? null : Math.max(0, acknowledged - stored)
    return { sent: record.updates_sent, acknowledged, lost, duplicated: 0 }
  }
  if (record.scenario === 'concurrent_updates')
    return {
      sent: record.updates_sent,
      acknowledged: record.updates_successful,
      lost: record.lost_updates,
      duplicated: record.duplicated_updates,
    }
  return { sent: 0, acknowledged: 0, lost: 0, duplicated: 0 }
}
