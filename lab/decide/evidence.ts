import type { PerKind } from '../cost/inputs.ts'
import type { StoreName } from '../cost/monthly-cost.ts'
import type { OperationKind } from '../results/operation-kinds.ts'

/**
 * What is known of two stores from measured runs: the input of every advice. Plain data, filled by a comparison of any
 * size; `null`, a missing kind and an empty list all mean "not measured", and the advice then says what is missing.
 */
export interface Evidence {
  readonly postgres: StoreEvidence
  readonly dynamodb: StoreEvidence
}

/** A number, and where in the result files it comes from. */
export interface Measured {
  readonly value: number
  /** Path of the record, such as `results.json#/sides/1/operations/add_items/write_units`. */
  readonly record: string
}

export interface StoreEvidence {
  readonly store: StoreName
  /** As people call it: `PostgreSQL 18`. */
  readonly label: string
  /** Whether it stands in for the vendor's service, whose latency and capacity it then says nothing of. */
  readonly emulator: boolean
  readonly operations: PerKind<OperationEvidence>
  /** Bytes stored per cart: on disk with indexes (PostgreSQL), as billed with index entries (DynamoDB). */
  readonly cart_bytes: Measured | null
  /** Highest rate, in operations per second, at which it still met its latency objective. */
  readonly capacity_knee: Measured | null
  readonly runs: readonly RunEvidence[]
  readonly guarantees: readonly GuaranteeEvidence[]
}

/** What one operation of a kind takes, on average. */
export interface OperationEvidence {
  /** CPU seconds of the service process. */
  readonly service_cpu_s: Measured | null
  /** CPU seconds of all processes of the database; `null` where they cannot be seen. */
  readonly database_cpu_s: Measured | null
  /** CPU seconds of what plays the database: of no use but to check the simulation against runs on it. */
  readonly emulator_cpu_s: Measured | null
  /** Consumed units, table and indexes; `null` on PostgreSQL. */
  readonly write_units: Measured | null
  readonly read_units_strong: Measured | null
  readonly read_units_eventual: Measured | null
}

/** One run, or all blocks of one side at one setting taken together. */
export interface RunEvidence {
  readonly record: string
  /** Operations per second offered; `null` in a closed loop. */
  readonly offered: number | null
  /** Successful operations per second. */
  readonly throughput: number | null
  /** Shoppers or connections that were busy at once. */
  readonly clients: number | null
  /** Lines of the carts that were read; `null` where they varied. */
  readonly cart_lines: number | null
  /** Percent, 0-100. */
  readonly success_rate: number | null
  /** Driven past its capacity on purpose, to find where it ends; such a run meets no requirement and fails none. */
  readonly overload: boolean
  readonly overall: LatencyEvidence | null
  readonly operations: PerKind<LatencyEvidence>
}

/** Of the successful operations; milliseconds, from the intended start where the loop was open. */
export interface LatencyEvidence {
  readonly count: number
  readonly average: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** What a consistency run found. */
export interface GuaranteeEvidence {
  /** `no_lost_add` decides; others are carried along: `read_your_writes`, `linearizable`, ... */
  readonly guarantee: string
  readonly read_mode: 'strong' | 'eventual' | null
  readonly verdict: 'holds' | 'violated' | 'unknown'
  /** Operations that support it. */
  readonly operations: number
  readonly record: string
}

/** One figure of an operation over all kinds, without those that were not measured. */
export function eachKind(
  { operations }: StoreEvidence,
  figure: (operation: OperationEvidence) => Measured | null,
): PerKind {
  return Object.fromEntries(
    Object.entries(operations).flatMap(([kind, operation]) => {
      const measured = figure(operation)
      return measured === null ? [] : [[kind, measured.value]]
    }),
  )
}

/** Where the figures of an operation come from, each once. */
export function recordsOf(store: StoreEvidence, kinds: readonly OperationKind[]): string[] {
  const figures = kinds.flatMap((kind) => {
    const { emulator_cpu_s: _, ...costs } = store.operations[kind] ?? {}
    return Object.values(costs)
  })
  const all = [...figures, store.cart_bytes].flatMap((measured: Measured | null) =>
    measured === null ? [] : [measured.record],
  )
  return [...new Set(all)]
}

/** Evidence of nothing, to start from. */
export function noEvidence(store: StoreName, label: string, emulator: boolean): StoreEvidence {
  return {
    store,
    label,
    emulator,
    operations: {},
    cart_bytes: null,
    capacity_knee: null,
    runs: [],
    guarantees: [],
  }
}
