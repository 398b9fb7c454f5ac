import type { LoadSweep } from '../../model/simulate/load-sweep.ts'
import type { SimulationResult } from '../../model/simulate/simulate.ts'
import { milliseconds, percent } from '../amounts.ts'

export type SweepLimit = NonNullable<LoadSweep['limit']>

/** Names of the limits, and what they mean. */
export const LIMITS: Readonly<
  Record<SweepLimit, { readonly name: string; readonly meaning: string }>
> = {
  service_cpu: { name: 'service CPU', meaning: 'the CPU of the cart service' },
  connections: { name: 'connections', meaning: 'the maximum number of database connections' },
  database_cpu: { name: 'database CPU', meaning: 'the CPU of the database' },
  log_bandwidth: {
    name: 'log bandwidth',
    meaning: "the bytes of PostgreSQL's write-ahead log that its storage accepts per second",
  },
  one_cart: { name: 'one cart', meaning: 'changes of the same cart wait for each other' },
  one_partition: {
    name: 'one partition',
    meaning: 'the throughput limit of a single partition of the DynamoDB table',
  },
  table_growth: {
    name: 'table growth',
    meaning: 'a table needs time to grow beyond twice its previous peak',
  },
  table_quota: {
    name: 'table quota',
    meaning: 'the default AWS quota for the throughput of a table',
  },
  latency: { name: 'latency', meaning: 'responses take too long, though no resource is saturated' },
}

/** Such as `P99 20 ms and 3 % errors, limited by table growth`. */
export function peakWords({ latency, error_share, limit }: SimulationResult): string {
  const p99 = latency === null ? 'no successful operation' : `P99 ${milliseconds(latency.p99)}`
  const limited = limit === null ? '' : `, limited by ${LIMITS[limit].name}`
  return `${p99} and ${percent(error_share)} errors${limited}`
}
