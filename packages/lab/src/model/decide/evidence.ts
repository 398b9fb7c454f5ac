import type { OperationKind, PerKind } from '../../results/operation-kinds.ts'
import type { Fit } from '../simulate/fit.ts'
import type { Validation } from '../simulate/validate.ts'
import { recordOf, type SourcedFigure } from '../terms/source.ts'
import type { StoreName } from '../terms/stores.ts'

/**
 * The figures on which a decision rests, each with its source. Plain data; `null`, a missing kind and an empty list all
 * mean "not known".
 */
export type Evidence = Readonly<Record<StoreName, StoreEvidence>>

export interface StoreEvidence {
  readonly store: StoreName
  /** Display name, such as `PostgreSQL 18`. */
  readonly label: string
  /** Whether the runs used an emulator, whose latency and capacity are not those of the vendor's service. */
  readonly emulator: boolean
  readonly operations: PerKind<OperationEvidence>
  /** Bytes stored per cart: on disk with indexes (PostgreSQL), as billed with index entries (DynamoDB). */
  readonly cart_bytes: SourcedFigure | null
  /** Of these, the bytes of indexes; `null` on DynamoDB, which bills both alike. */
  readonly index_bytes: SourcedFigure | null
  /** Seconds of a flush of the write-ahead log; `null` on DynamoDB. */
  readonly flush_s: SourcedFigure | null
  /**
   * Seconds of the round trip between service and database in `runs`: 0 over loopback, the stated network where there was
   * one, `null` for a running deployment, whose network is part of its latencies.
   */
  readonly round_trip_s: number | null
  /** Latency that was measured elsewhere; that of `runs` takes precedence. */
  readonly latencies: PerKind<LatencyFigures>
  /** Highest rate, in operations per second, that met the latency objective. */
  readonly capacity_knee: SourcedFigure | null
  readonly runs: readonly RunEvidence[]
  readonly guarantees: readonly GuaranteeEvidence[]
  /** The simulation of this store fitted to `runs`, and its error; `null` where the store itself was not measured at several rates. */
  readonly fitted: FittedSimulation | null
}

/** How a simulation was fitted to measured runs, and the range of its error. */
export interface FittedSimulation extends Pick<Validation, 'range'> {
  readonly fit: Fit
}

/** Latency of one kind of operation without load, seconds. */
export interface LatencyFigures {
  readonly median: SourcedFigure
  readonly p99: SourcedFigure
}

/** Mean consumption of one operation of a kind. */
export interface OperationEvidence {
  /** CPU seconds of the service process. */
  readonly service_cpu_s: SourcedFigure | null
  /** CPU seconds of all processes of the database; `null` where they are not visible. */
  readonly database_cpu_s: SourcedFigure | null
  /** CPU seconds of the emulator, used only to validate the simulation against runs on it. */
  readonly emulator_cpu_s: SourcedFigure | null
  /** Bytes of write-ahead log, between checkpoints; `null` on DynamoDB. */
  readonly log_bytes: SourcedFigure | null
  /** Consumed units, table and indexes; `null` on PostgreSQL. */
  readonly write_units: SourcedFigure | null
  readonly read_units_strong: SourcedFigure | null
  readonly read_units_eventual: SourcedFigure | null
}

/** One run, or all blocks of one side at one setting merged. */
export interface RunEvidence {
  readonly record: string
  /** Offered operations per second; `null` in a closed loop. */
  readonly offered: number | null
  /** Successful operations per second. */
  readonly throughput: number | null
  /** Concurrent shoppers or connections. */
  readonly clients: number | null
  /** Lines of the carts that were read; `null` where they varied. */
  readonly cart_lines: number | null
  /** Percent, 0-100. */
  readonly success_rate: number | null
  /** Deliberately driven beyond the capacity to find it; such a run is not used to judge requirements. */
  readonly overload: boolean
  readonly overall: LatencyEvidence | null
  readonly operations: PerKind<LatencyEvidence>
}

/** Latency of the successful operations, milliseconds; from the intended send time in an open loop. */
export interface LatencyEvidence {
  readonly count: number
  readonly average: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** Result of a consistency run for one guarantee. */
export interface GuaranteeEvidence {
  readonly guarantee: 'no_lost_add' | 'no_double_add' | 'read_your_writes'
  readonly read_mode: 'strong' | 'eventual' | null
  readonly verdict: 'holds' | 'violated' | 'unknown'
  /** Number of operations checked. */
  readonly operations: number
  readonly record: string
}

/** Nothing known of a kind of operation. */
export const NO_OPERATION: OperationEvidence = {
  service_cpu_s: null,
  database_cpu_s: null,
  emulator_cpu_s: null,
  log_bytes: null,
  write_units: null,
  read_units_strong: null,
  read_units_eventual: null,
}

/** One figure per kind of operation; kinds that were not measured are absent. */
export function eachKind(
  { operations }: StoreEvidence,
  figure: (operation: OperationEvidence) => SourcedFigure | null,
): PerKind {
  return Object.fromEntries(
    Object.entries(operations).flatMap(([kind, operation]) => {
      const measured = figure(operation)
      return measured === null ? [] : [[kind, measured.value]]
    }),
  )
}

/** The records of the figures that the cost model uses, without duplicates. */
export function recordsOf(store: StoreEvidence, kinds: readonly OperationKind[]): string[] {
  const figures = kinds.flatMap((kind) => {
    const { emulator_cpu_s: _, ...costs } = store.operations[kind] ?? {}
    return Object.values(costs)
  })
  const all = [...figures, store.cart_bytes].flatMap((measured: SourcedFigure | null) =>
    measured === null ? [] : (recordOf(measured) ?? []),
  )
  return [...new Set(all)]
}

/** A store without any measurement. */
export function noEvidence(store: StoreName, label: string, emulator: boolean): StoreEvidence {
  return {
    store,
    label,
    emulator,
    operations: {},
    cart_bytes: null,
    index_bytes: null,
    flush_s: null,
    round_trip_s: null,
    latencies: {},
    capacity_knee: null,
    runs: [],
    guarantees: [],
    fitted: null,
  }
}
