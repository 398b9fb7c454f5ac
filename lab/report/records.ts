import type { CombinedConsistencyRecordSchema } from '../consistency/records.ts'
import { object, type Shape, text } from '../results/shape.ts'
import { type Operation, PERF_FIELDS, type PerfRecord } from '../workload/perf-record.ts'

/** A line of `combined_results.json`. */
export const CombinedRecordSchema = object({ database: text('Key of a target.'), ...PERF_FIELDS })

export type CombinedRecord = Shape<typeof CombinedRecordSchema>

/** A line of `consistency_test_results.json`. */
export type CombinedConsistencyRecord = Shape<typeof CombinedConsistencyRecordSchema>

/** The records of one target. Operations of two targets at the same index are a pair: they ran next to each other. */
export interface Run {
  readonly all: readonly PerfRecord[]
}

/** The run of one target, in measured order. */
export function runOf(records: readonly CombinedRecord[], key: string): Run {
  return { all: records.filter((record) => record.database === key) }
}

/** The part of a run with one operation. */
export function onlyOperation(run: Run, operation: Operation): Run {
  return { all: run.all.filter((record) => record.operation === operation) }
}
