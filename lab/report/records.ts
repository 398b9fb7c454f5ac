import type { ConsistencyRecord } from '../consistency/records.ts'
import type { Operation, PerfRecord } from '../workload/perf-record.ts'

/** A line of `combined_results.json`. `database` is the key of a side. */
export type CombinedRecord = PerfRecord & { database: string }

/** A line of `consistency_test_results.json`. */
export type CombinedConsistencyRecord = ConsistencyRecord & { database: string }

/** The records of one side. Operations of two sides at the same place are a pair: they ran next to each other. */
export interface Run {
  readonly all: readonly PerfRecord[]
}

/** How the operations are called in the report. */
export const OPERATION_TITLES: Record<Operation, string> = {
  create_cart: 'Create a cart',
  add_items: 'Add items',
  get_cart: 'Get a cart',
}

/** The run of one side, in the order in which it was measured. */
export function runOf(records: readonly CombinedRecord[], key: string): Run {
  return { all: records.filter((record) => record.database === key) }
}

/** The part of a run that did one operation. */
export function onlyOperation(run: Run, operation: Operation): Run {
  return { all: run.all.filter((record) => record.operation === operation) }
}
