import { describe, expect, it } from 'vitest'
import type { ConsistencyRecord } from '../../../lab/consistency/records.ts'
import { summariseConsistency } from '../../../lab/consistency/summarise.ts'

const common = { cart_id: 'x', success: true, timestamp: '2026-01-01T00:00:00.000Z' }

function created(read_attempts: number, consistent_reads: number): ConsistencyRecord {
  return {
    ...common,
    scenario: 'create_then_read',
    create_time_ms: 1,
    read_attempts,
    consistent_reads,
    consistency_rate: null,
    delays_ms: [],
    success: read_attempts > 0,
  }
}

function rapid(updates_successful: number, final_items_count: number | null): ConsistencyRecord {
  return {
    ...common,
    scenario: 'rapid_updates',
    updates_sent: 10,
    updates_successful,
    final_items_count,
    updates: [],
  }
}

function concurrent(lost: number | null, duplicated: number | null): ConsistencyRecord {
  return {
    ...common,
    scenario: 'concurrent_updates',
    product_id: 1,
    clients: 2,
    updates_sent: 10,
    updates_successful: 9,
    acknowledged_quantity: 9,
    unknown_quantity: 1,
    stored_quantity: lost === null ? null : 9,
    lost_updates: lost,
    duplicated_updates: duplicated,
  }
}

describe('the summary of a consistency run', () => {
  it('adds up reads, failed records included', () => {
    const summary = summariseConsistency([created(5, 5), created(5, 2), created(0, 0)])
    expect(summary.create_then_read).toMatchObject({
      records: 3,
      failed: 1,
      reads: 10,
      consistent_reads: 7,
      consistency_rate: 70,
    })
  })

  it('counts lost updates by the stored items, and carts that could not be read', () => {
    const { rapid_updates } = summariseConsistency([rapid(10, 8), rapid(9, 10), rapid(4, null)])
    expect(rapid_updates).toMatchObject({ updates: 30, acknowledged: 23, lost: 2, unjudged: 1 })
  })

  it("uses a record's own count of lost adds, even where the lines add up", () => {
    const hidden = { ...rapid(9, 9), success: false, error: 'lost: 1 of 9 acknowledged adds' }
    const gone = { ...created(5, 0), success: false, error: 'lost: the write was not visible' }
    const summary = summariseConsistency([hidden, gone])
    expect(summary.rapid_updates).toMatchObject({ lost: 1, judged: 9, stored: 9, unknown: 1 })
    expect(summary.create_then_read).toMatchObject({ lost: 1, stale_reads: 0, other_misses: 5 })
  })

  it('adds up the verdicts of the concurrent scenario', () => {
    const records = [concurrent(2, 0), concurrent(0, 3), concurrent(null, null)]
    expect(summariseConsistency(records).concurrent_updates).toMatchObject({
      records: 3,
      acknowledged: 27,
      judged: 18,
      unknown: 3,
      lost: 2,
      duplicated: 3,
      unjudged: 1,
    })
  })

  it('has a summary of every scenario, even without records', () => {
    const summary = summariseConsistency([])
    expect(Object.keys(summary)).toHaveLength(4)
    expect(summary.write_then_read_items).toMatchObject({ records: 0, consistency_rate: null })
  })
})
