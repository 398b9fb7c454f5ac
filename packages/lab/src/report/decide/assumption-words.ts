import type { ModelParameter, ParameterName } from '../../model/terms/parameter.ts'
import type { Source } from '../../model/terms/source.ts'
import { STORE_NAMES } from '../../model/terms/stores.ts'
import { amount, percent } from '../amounts.ts'
import { kindWords } from './missing-words.ts'

const NAMES: Readonly<Record<ParameterName, string>> = {
  service_cpu: 'CPU of the service',
  database_cpu: 'CPU of the database',
  write_units: 'write units',
  read_units_strong: 'units of a strong read',
  read_units_eventual: 'units of an eventual read',
  cart_bytes: 'size of a cart',
  log_bytes: 'write-ahead log of a change',
  latency_p50: 'median latency',
  latency_p99: 'P99 latency',
  misses_visit: 'pages outside the cache per operation on the cart of a visit',
  misses_any_read: 'pages outside the cache per read of any kept cart',
  misses_any_change: 'pages outside the cache per change of any kept cart',
  old_cart_share: 'operations on carts older than those in memory',
  log_bandwidth: 'write-ahead log that the storage accepts',
  flush_time: 'flush of the write-ahead log',
  round_trip: 'round trip to the database',
  task_start: 'start of a task',
  table_write_quota: 'write quota of a table',
  table_read_quota: 'read quota of a table',
  partition_split: 'time until a hot partition splits',
}

/** A clause about a parameter that was not measured, such as `PostgreSQL, round trip to the database: 0.5 ms (assumed: ...)`. */
export function assumptionWords(parameter: ModelParameter): string {
  const { store, source } = parameter
  const whose = store === null ? '' : `${STORE_NAMES[store]}, `
  return `${whose}${parameterName(parameter)}: ${parameterValue(parameter)} (${sourceWords(source)})`
}

/** Such as `write units (add items)`. */
export function parameterName({ name, operation }: ModelParameter): string {
  return operation === null ? NAMES[name] : `${NAMES[name]} (${kindWords(operation)})`
}

export function parameterValue({ value, unit }: ModelParameter): string {
  if (unit === 's' || unit === 'CPU s')
    return value < 1 ? `${amount(1000 * value)} ms` : `${amount(value)} s`
  if (unit === 'share') return percent(value)
  if (unit === 'bytes/s') return `${amount(value / 1e6)} MB/s`
  return `${amount(value)} ${unit}`
}

/** Where a figure comes from, in a few words. */
export function sourceWords(source: Source): string {
  switch (source.kind) {
    case 'measured':
      return 'measured here'
    case 'measured_elsewhere':
      return `measured by ${source.by}, ${source.when.slice(0, 10)}: ${source.file}`
    case 'published':
      return `published: ${source.by}${source.when === null ? '' : ` ${source.when}`}, ${source.title}`
    case 'assumed':
      return `assumed: ${source.why}`
  }
}
