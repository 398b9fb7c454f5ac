import type { Assumption } from '../../model/decide/model-inputs.ts'
import { amount } from '../amounts.ts'

/** A clause about a parameter that was not measured. */
export function assumptionWords(assumption: Assumption): string {
  switch (assumption.kind) {
    case 'dynamodb_latency':
      return `DynamoDB responds in ${1000 * assumption.median_s} ms (median) and ${1000 * assumption.p99_s} ms (P99), because the runs used an emulator`
    case 'write_ahead_log':
      return `each change writes ${amount(assumption.wal_bytes)} bytes to PostgreSQL's write-ahead log, of which the storage accepts ${assumption.wal_bytes_per_s / 1e6} MB per second, and a flush takes ${1000 * assumption.flush_s} ms`
    case 'task_start':
      return `a task starts in ${assumption.seconds} s`
  }
}
