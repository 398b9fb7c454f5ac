import type { OperationKind } from '../../results/operation-kinds.ts'
import type { SourcedFigure } from './source.ts'
import type { StoreName } from './stores.ts'

/** The figures of the cost model and the simulation, with the unit of each. */
export const PARAMETER_UNITS = {
  service_cpu: 'CPU s',
  database_cpu: 'CPU s',
  write_units: 'units',
  read_units_strong: 'units',
  read_units_eventual: 'units',
  cart_bytes: 'bytes',
  log_bytes: 'bytes',
  latency_p50: 's',
  latency_p99: 's',
  misses_visit: 'pages',
  misses_any_read: 'pages',
  misses_any_change: 'pages',
  old_cart_share: 'share',
  log_bandwidth: 'bytes/s',
  flush_time: 's',
  round_trip: 's',
  task_start: 's',
  table_write_quota: 'units/s',
  table_read_quota: 'units/s',
  partition_split: 's',
} as const

export type ParameterName = keyof typeof PARAMETER_UNITS

/** A figure that the model used, with its source: a row of the table "measured, published, assumed". */
export interface ModelParameter extends SourcedFigure {
  readonly name: ParameterName
  /** `null` for what is alike on both stores. */
  readonly store: StoreName | null
  /** `null` for what is not per kind of operation. */
  readonly operation: OperationKind | null
  readonly unit: (typeof PARAMETER_UNITS)[ParameterName]
}

export function parameter(
  name: ParameterName,
  figure: SourcedFigure,
  { store = null, operation = null }: Partial<Pick<ModelParameter, 'store' | 'operation'>> = {},
): ModelParameter {
  return { name, store, operation, unit: PARAMETER_UNITS[name], ...figure }
}
