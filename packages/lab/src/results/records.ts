import type { CombinedConsistencyRecordSchema } from './consistency-records.ts'
import type { CoreOperation } from './operations.ts'
import { PERF_FIELDS, type PerfRecord } from './perf-record.ts'
import { object, type Shape, text } from './shape.ts'

/** A line of `combined_results.json`. */
export const CombinedRecordSchema = object({ database: text('Key of a target.'), ...PERF_FIELDS })

export type CombinedRecord = Shape<typeof CombinedRecordSchema>

/** A line of `consistency_test_results.json`. */
export type CombinedConsistencyRecord = Shape<typeof CombinedConsistencyRecordSchema>

/** The records of one target. Operations of two targets at the same index are a pair: they ran next to each other. */
export interface QuickRun {
  readonly all: readonly PerfRecord[]
}

/** The run of one target, in measured order. */
export function runOf(records: readonly CombinedRecord[], key: string): QuickRun {
  return { all: records.filter((record) => record.database === key) }
}

/** The part of a run with one operation. */
export function onlyOperation(run: QuickRun, operation: CoreOperation): QuickRun {
  return { all: run.all.filter((record) => record.operation === operation) }
}
