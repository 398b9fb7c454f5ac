import type { ConsistencyRecord } from '../consistency/records.ts'
import { OPERATIONS, type Operation, type PerfRecord } from '../workload/perf-record.ts'

/** A line of `combined_results.json`. `database` is the key of a side. */
export type CombinedRecord = PerfRecord & { database: string }

/** A line of `consistency_test_results.json`. */
export type CombinedConsistencyRecord = ConsistencyRecord & { database: string }

/** The records of one side, and each half of its run: the first and the last 25 of each 50 operations. */
export interface Run {
  readonly all: readonly PerfRecord[]
  readonly halves: readonly [readonly PerfRecord[], readonly PerfRecord[]]
}

/** How the operations are called in the report. */
export const OPERATION_TITLES: Record<Operation, string> = {
  create_cart: 'Create a cart',
  add_items: 'Add items',
  get_cart: 'Get a cart',
}

/** The run of one side, in the order in which it was measured. */
export function runOf(records: readonly CombinedRecord[], key: string): Run {
  const all = records.filter((record) => record.database === key)
  const half = (from: (n: number) => number, to: (n: number) => number) =>
    OPERATIONS.flatMap((operation) => {
      const kind = all.filter((record) => record.operation === operation)
      return kind.slice(from(kind.length), to(kind.length))
    })
  const middle = (n: number) => Math.ceil(n / 2)
  return {
    all,
    halves: [half(() => 0, middle), half(middle, (n) => n)],
  }
}

/** The part of a run that did one operation. */
export function onlyOperation(run: Run, operation: Operation): Run {
  const only = (records: readonly PerfRecord[]) =>
    records.filter((record) => record.operation === operation)
  return { all: only(run.all), halves: [only(run.halves[0]), only(run.halves[1])] }
}
