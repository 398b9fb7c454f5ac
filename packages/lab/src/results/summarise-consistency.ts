import { rateOf } from '../stats/round.ts'
import type { ConsistencyRecord, QuickScenario } from './consistency-records.ts'

/** The records of one scenario in figures. Failed records are included, with what they did before the failure. */
export interface ScenarioSummary {
  records: number
  /** Records whose `success` is false. */
  failed: number
  /** Reads after a write; 0 in the scenarios of updates. */
  reads: number
  consistent_reads: number
  /** `consistent_reads` of `reads`, 2 decimals; `null` without reads. */
  consistency_rate: number | null
  /** Reads that missed the write in records that succeeded: stale, and nothing worse. */
  stale_reads: number
  /** Reads that missed the write in records that failed: some got no response, or the write was lost. */
  other_misses: number
  /** Updates sent and acknowledged; 0 in the scenarios of reads. */
  updates: number
  acknowledged: number
  /** Those of `acknowledged` whose cart could be read afterwards: the expected value of `stored`. */
  judged: number
  /** Units (concurrent) or lines (rapid) in the carts that could be read afterwards. */
  stored: number
  /** Updates that may or may not have been applied; each can hide a lost one. */
  unknown: number
  /** Acknowledged writes that were not stored, in the carts that could be read afterwards. */
  lost: number
  /** Units stored beyond what was sent. */
  duplicated: number
  /** Records whose cart could not be read afterwards: the state of its updates is unknown. */
  unjudged: number
}

/** One summary per scenario, computed from the fields of the records alone. */
export function summariseConsistency(
  records: readonly ConsistencyRecord[],
): Record<QuickScenario, ScenarioSummary> {
  return {
    create_then_read: summariseScenario(records, 'create_then_read'),
    write_then_read_items: summariseScenario(records, 'write_then_read_items'),
    rapid_updates: summariseScenario(records, 'rapid_updates'),
    concurrent_updates: summariseScenario(records, 'concurrent_updates'),
  }
}

function summariseScenario(
  records: readonly ConsistencyRecord[],
  scenario: QuickScenario,
): ScenarioSummary {
  const own = records.filter((record) => record.scenario === scenario)
  const updates = own.map(updatesOf)
  const sum = (of: (found: Updates) => number) => add(updates.map(of))
  const reads = add(own.map((record) => readsOf(record).attempts))
  const consistent = add(own.map((record) => readsOf(record).consistent))
  const stale = add(own.map((record) => (record.success ? missesOf(record) : 0)))
  return {
    records: own.length,
    failed: own.filter((record) => !record.success).length,
    reads,
    consistent_reads: consistent,
    consistency_rate: rateOf(consistent, reads),
    stale_reads: stale,
    other_misses: reads - consistent - stale,
    updates: sum(({ sent }) => sent),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    judged: sum(({ stored, acknowledged }) => (stored === null ? 0 : acknowledged)),
    stored: sum(({ stored }) => stored ?? 0),
    unknown: sum(({ unknown }) => unknown),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    unjudged: updates.filter(({ stored }) => stored === null).length,
  }
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

function missesOf(record: ConsistencyRecord): number {
  const { attempts, consistent } = readsOf(record)
  return attempts - consistent
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
  unknown: number
  /** `null` when the cart could not be read afterwards. */
  stored: number | null
  lost: number
  duplicated: number
}

function updatesOf(record: ConsistencyRecord): Updates {
  const reported = {
    lost: reportedBy(record, 'lost'),
    duplicated: reportedBy(record, 'duplicated'),
  }
  if (record.scenario === 'rapid_updates') {
    const [acknowledged, stored] = [record.updates_successful, record.final_items_count]
    // The number of lines alone is not enough: a line of an unacknowledged add can make up for a lost one.
    const missing = stored === null ? 0 : acknowledged - stored
    const lost = Math.max(0, missing, reported.lost)
    const unknown = record.updates_sent - acknowledged
    return { ...reported, sent: record.updates_sent, acknowledged, unknown, stored, lost }
  }
  if (record.scenario === 'concurrent_updates')
    return {
      sent: record.updates_sent,
      acknowledged: record.acknowledged_quantity,
      unknown: record.unknown_quantity,
      stored: record.stored_quantity,
      lost: Math.max(record.lost_updates ?? 0, reported.lost),
      duplicated: Math.max(record.duplicated_updates ?? 0, reported.duplicated),
    }
  return { ...reported, sent: 0, acknowledged: 0, unknown: 0, stored: 0 }
}

/** How many lost or duplicated writes the record's `error` reports: `lost: 2 of 9 ...`; 1 if it has no number. */
function reportedBy({ success, error }: ConsistencyRecord, what: 'lost' | 'duplicated'): number {
  if (success || error === undefined || !error.startsWith(`${what}: `)) return 0
  const number = /^lost: (\d+) of |^duplicated: (\d+) (?:adds|units more)/.exec(error)
  return Number(number?.[1] ?? number?.[2] ?? 1)
}
