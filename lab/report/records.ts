import type { ConsistencyRecord } from '../consistency/records.ts'
import type { Operation, PerfRecord } from '../workload/perf-record.ts'

/** A record of `combined_results.json`. `database` is the key of a target. */
export type CombinedRecord = PerfRecord & { database: string }

/** A record of `consistency_test_results.json`. */
export type CombinedConsistencyRecord = ConsistencyRecord & { database: string }

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
